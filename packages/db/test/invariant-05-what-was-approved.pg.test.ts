import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Invariant 5: a decision is bound to what will run, checked again when it runs, and used once.
const db = await openContract()

async function asked(request: agents.Request = {}): Promise<{ run: string; approval: string }> {
  const run = await agents.startRun(db.alpha)
  return { run, approval: await agents.askFor(db.alpha, run, request) }
}

async function approved(request: agents.Request = {}): Promise<{ run: string; approval: string }> {
  const one = await asked(request)
  await operators.decideOn(db.server, one.approval, 'approved')
  return one
}

const rowOf = async (approval: string): Promise<Record<string, unknown>> =>
  one(db.admin, 'select * from approval_queue where approval_id = $1', [approval])

describe('the digest of a request', () => {
  test('is worked out by the database, whether or not the agent gives it', async () => {
    const { approval } = await asked()
    const { digest } = await rowOf(approval)
    expect(digest).toBe(agents.digestOf('{"eur":12.5,"order":7}'))
    await asked({ digest })
  })

  test('is refused where the agent gives that of something else', async () => {
    const run = await agents.startRun(db.alpha)
    const asking = agents.askFor(db.alpha, run, { digest: agents.digestOf('{"eur":1}') })
    expect(await outcomeOf(asking)).toBe('HP010')
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual([])
  })
})

describe('what was approved', () => {
  test('may run, once, and the action names its yes', async () => {
    const { run, approval } = await approved()
    const { decision, actionId } = await agents.beginCall(db.alpha, run)
    expect(decision).toBe('allow')
    expect(await rowOf(approval)).toMatchObject({ consumed_by: actionId })
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, { key: 'again' })).toMatchObject({
      decision: 'deny',
      code: 'APPROVAL_CONSUMED',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('may be tried again by the same action where it failed', async () => {
    const { run } = await approved()
    const { actionId = '' } = await agents.beginCall(db.alpha, run)
    await agents.endAction(db.alpha, run, actionId, { state: 'failed', error: '502' })
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow', attempt: 2 })
  })

  test.each([
    ['other arguments', { ...agents.REFUND, eur: 13 }, {}],
    ['another target', agents.REFUND, { target: 'elsewhere' }],
    ['one more argument', { ...agents.REFUND, to: 'me' }, {}],
  ])('does not stand for %s', async (_, request, more) => {
    const { run, approval } = await approved()
    expect(await agents.beginCall(db.alpha, run, request, more)).toMatchObject({
      decision: 'deny',
      code: 'APPROVAL_MISMATCH',
    })
    expect(await rowOf(approval)).toMatchObject({ consumed_at: null })
    const { lastEvent } = await operators.runOf(db.admin, run)
    expect(lastEvent?.kind).toBe('action.refused')
    // The run stays where it was: what was approved may still run.
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
  })

  test('does not stand for other arguments under the digest that was approved', async () => {
    const { run } = await approved()
    const { digest } = await rowOf((await approved()).approval)
    expect(
      await agents.beginCall(db.alpha, run, { order: 7, eur: 1000 }, { digest }),
    ).toMatchObject({
      decision: 'deny',
      code: 'APPROVAL_MISMATCH',
    })
  })

  test('does not stand for a number that only looks the same as a double', async () => {
    const { run } = await approved({ arguments: { n: 1 } })
    const other = await one<{ digest: string; request: string }>(
      db.admin,
      `select digest_of('{"n": 1}') as digest, '{"n": 1.00000000000000000001}' as request`,
    )
    const { answer } = await one<{ answer: agents.GateAnswer }>(
      db.alpha,
      `select begin_action($1, 1, jsonb_build_object('tool', 'refund', 'key', 'k', 'digest', $2::text, 'request', $3::jsonb)) as answer`,
      [run, other.digest, other.request],
    )
    expect(answer).toMatchObject({ decision: 'deny', code: 'APPROVAL_MISMATCH' })
  })

  test('is not found by another run', async () => {
    const { approval } = await approved()
    const run = await agents.startRun(db.alpha)
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, { approval })).toMatchObject({
      decision: 'deny',
      code: 'APPROVAL_MISMATCH',
    })
  })

  test('waits behind a kill, and does not begin', async () => {
    const { run, approval } = await approved()
    const answer = await behind(
      db.admin,
      { pool: db.server, work: async (c) => operators.kill(c, run) },
      { pool: db.alpha, work: async (c) => agents.beginCall(c, run) },
    )
    expect(answer).toMatchObject({ decision: 'deny', code: 'RUN_ENDED' })
    expect(await rowOf(approval)).toMatchObject({ consumed_at: null })
  })

  test('is used by one of two calls that come at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { run } = await approved()
      const answers = await Promise.all(
        ['a', 'b', 'c'].map(async (key) => agents.beginCall(db.alpha, run, agents.REFUND, { key })),
      )
      expect(answers.map(({ decision, code }) => code ?? decision).toSorted()).toEqual([
        'APPROVAL_CONSUMED',
        'APPROVAL_CONSUMED',
        'allow',
      ])
    }
  })

  test('is kept as it was, also by the owner of the tables', async () => {
    const { approval } = await approved()
    const change = async (set: string) =>
      outcomeOf(
        db.owner.query(`update approval_queue set ${set} where approval_id = $1`, [approval]),
      )
    expect(await change(`arguments = '{"eur": 9999}'`)).toBe('HP007')
    expect(await change(`digest = 'x'`)).toBe('HP007')
    expect(await change(`tool = 'other'`)).toBe('HP007')
    expect(await change(`expires_at = now() + interval '1 day'`)).toBe('HP007')
  })
})

test('what was refused does not run, whoever tries it', async () => {
  const { run, approval } = await asked()
  await operators.decideOn(db.server, approval, 'rejected')
  await agents.setStatus(db.alpha, run, 'running')
  expect(await agents.beginCall(db.alpha, run)).toMatchObject({
    decision: 'deny',
    code: 'APPROVAL_REJECTED',
    why: 'operator:ana said no: seen',
  })
  // Asked again, and answered otherwise.
  const again = await agents.askFor(db.alpha, run)
  await operators.decideOn(db.server, again, 'approved')
  expect(await agents.beginCall(db.alpha, run)).toMatchObject({ decision: 'allow' })
})

describe('a decision on what was looked at', () => {
  test('is refused when the request has changed since', async () => {
    const { approval } = await asked({ expires_at: new Date(Date.now() + 60_000) })
    await db.server.query(
      `select extend_approval($1, 'operator:bo', now() + interval '1 hour', 'later', 1)`,
      [approval],
    )
    const refusal = await refusalOf(operators.decideOn(db.server, approval, 'approved'))
    expect(refusal).toMatchObject({ code: 'HP020', hint: 'Look at it again, then decide.' })
    await operators.decideOn(db.server, approval, 'approved', { version: 2 })
  })

  test('must be one that the request allows', async () => {
    const { approval } = await asked({ allowed: ['approve', 'reject'] })
    const edited = { order: 7, eur: 1 }
    const edit = operators.decideOn(db.server, approval, 'approved', { edited })
    expect(await outcomeOf(edit)).toBe('HP021')
    await operators.decideOn(db.server, approval, 'approved')
  })

  test('may be a no, whatever the request allows', async () => {
    const run = await agents.startRun(db.alpha)
    const unanswerable = agents.askFor(db.alpha, run, { allowed: ['approve'] })
    expect(await outcomeOf(unanswerable)).toBe('23514')
  })
})

describe('arguments that a reviewer edited', () => {
  const edited = { order: 7, eur: 10 }
  const schema = {
    type: 'object',
    properties: {
      order: { type: 'integer' },
      eur: { type: ['number', 'null'] },
      currency: { enum: ['EUR', 'USD'] },
      to: { type: 'array', items: { properties: { account: { type: 'string' } } } },
    },
    required: ['order', 'eur'],
    additionalProperties: false,
  }

  test('are what may run, and both are kept', async () => {
    const { run, approval } = await asked()
    await operators.decideOn(db.server, approval, 'approved', { edited })
    expect(await rowOf(approval)).toMatchObject({
      arguments: edited,
      digest: agents.digestOf('{"eur":10,"order":7}'),
      original_arguments: agents.REFUND,
      original_digest: agents.digestOf('{"eur":12.5,"order":7}'),
      edited_by: operators.ANA,
      version: 2,
    })
    expect(await agents.beginCall(db.alpha, run, edited)).toMatchObject({ decision: 'allow' })
  })

  test.each([
    ['another type', { order: 7, eur: 'all' }],
    ['another type within', { order: 7, eur: 10, to: [{ account: 7 }] }],
    ['one missing', { eur: 10 }],
    ['one more', { ...edited, note: 'mine' }],
    ['no value of its list', { ...edited, currency: 'XAU' }],
    ['no object', ['all of it']],
  ])('are not what their schema plainly forbids, whoever calls: %s', async (_, broken) => {
    const { approval } = await asked({ arguments_schema: schema })
    const decide = async (args: unknown) =>
      outcomeOf(operators.decideOn(db.server, approval, 'approved', { edited: args }))
    expect(await decide(broken)).toBe('HP010')
    expect(await rowOf(approval)).toMatchObject({
      decision: null,
      version: 1,
      arguments: agents.REFUND,
    })
    expect(await decide({ ...edited, currency: 'EUR', to: [{ account: 'A1' }] })).toBe('accepted')
  })

  test('run instead of what was asked for, where the caller knows of edits', async () => {
    const { run, approval } = await asked()
    await operators.decideOn(db.server, approval, 'approved', { edited })
    expect(await agents.beginCall(db.alpha, run)).toMatchObject({ code: 'APPROVAL_MISMATCH' })
    const allowed = await agents.beginCall(db.alpha, run, agents.REFUND, { edits: true })
    expect(allowed).toMatchObject({ decision: 'allow', request: edited })
    const { request } = await one<{ request: unknown }>(
      db.admin,
      'select request from actions where action_id = $1',
      [allowed.actionId],
    )
    expect(request).toEqual(edited)
    // A worker that comes back with the agent's words is given what that came to.
    await agents.endAction(db.alpha, run, allowed.actionId ?? '', {
      state: 'confirmed',
      response: 'done',
    })
    expect(await agents.beginCall(db.alpha, run, agents.REFUND, { edits: true })).toMatchObject({
      decision: 'done',
      response: 'done',
    })
  })
})

test.each([
  [`update approval_queue set decision = 'approved' where approval_id = $1`],
  [`update approval_queue set arguments = '{}' where approval_id = $1`],
  [`update approval_queue set expires_at = null where approval_id = $1`],
  [`update approval_queue set consumed_at = null where approval_id = $1`],
  [`select extend_approval($1, 'operator:ana', now() + interval '1 day')`],
  [`select decide_approval($1, 'operator:ana', 'approved', null, 1, '{"eur": 1}')`],
])('an agent cannot do it itself: %s', async (sql) => {
  const { approval } = await asked()
  expect(await outcomeOf(db.alpha.query(sql, [approval]))).toBe('42501')
})
