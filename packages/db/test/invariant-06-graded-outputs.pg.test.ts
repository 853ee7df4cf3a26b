import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 6: a grade and the output it is of commit together. And a change is bound like any call.
const db = await openContract()

const OUTPUT = { text: 'All is well.' }

async function asked(): Promise<{ run: string; approval: string }> {
  const run = await agents.startRun(db.alpha)
  const request = { kind: 'output', tool: 'report', arguments: OUTPUT }
  return { run, approval: await agents.askFor(db.alpha, run, request) }
}

const decide = async (approval: string, verdict: string, grade: unknown, edited: unknown = null) =>
  outcomeOf(
    db.server.query(`select decide_approval($1, 'operator:ana', $2, 'read it', 1, $3, null, $4)`, [
      approval,
      verdict,
      edited === null ? null : JSON.stringify(edited),
      grade === undefined ? null : JSON.stringify(grade),
    ]),
  )

const gradesOf = async (run: string): Promise<unknown[]> =>
  (
    await db.admin.query<Record<string, unknown>>(
      'select output, grade, verdict, graded_by, digest from grades where workflow_id = $1',
      [run],
    )
  ).rows

describe('an output', () => {
  test.each(['approved', 'rejected'])('lands with its grade when it is %s', async (verdict) => {
    const { run, approval } = await asked()
    expect(await decide(approval, verdict, { score: 0.5, note: 'thin' })).toBe('accepted')
    expect(await gradesOf(run)).toEqual([
      {
        output: OUTPUT,
        grade: { score: 0.5, note: 'thin' },
        verdict,
        graded_by: operators.ANA,
        digest: agents.digestOf('{"text":"All is well."}'),
      },
    ])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('that was edited is graded as it then is', async () => {
    const { run, approval } = await asked()
    const edited = { text: 'Nearly all is well.' }
    expect(await decide(approval, 'approved', { score: 1 }, edited)).toBe('accepted')
    expect(await gradesOf(run)).toMatchObject([{ output: edited }])
  })

  test.each([
    ['no grade', undefined],
    ['more than all', { score: 1.1 }],
    ['words', { score: 'good' }],
    ['a part that nobody knows', { score: 1, stars: 5 }],
    ['a number alone', 1],
  ])('is not settled with %s', async (_, grade) => {
    const { run, approval } = await asked()
    expect(await decide(approval, 'approved', grade)).toBe('HP010')
    expect(await gradesOf(run)).toEqual([])
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
  })

  test('has no verdict without its grade, not even by the owner of the tables', async () => {
    const { approval } = await asked()
    const write = db.owner.query(
      `update approval_queue set decision = 'rejected', decided_by = 'operator:x' where approval_id = $1`,
      [approval],
    )
    expect(await outcomeOf(write)).toBe('HP021')
  })

  test('and its grade are kept, and are its agent’s to read alone', async () => {
    const { run, approval } = await asked()
    await decide(approval, 'approved', { score: 1 })
    expect(await outcomeOf(db.owner.query(`update grades set grade = '{"score": 0}'`))).toBe(
      'HP009',
    )
    expect(await outcomeOf(db.alpha.query(`insert into grades default values`))).toBe('42501')
    const count = 'select count(*)::int as n from grades where workflow_id = $1'
    expect(await one(db.alpha, count, [run])).toEqual({ n: 1 })
    expect(await one(db.beta, count, [run])).toEqual({ n: 0 })
  })
})

test('what is no output has no grade', async () => {
  const run = await agents.startRun(db.alpha)
  expect(await decide(await agents.askFor(db.alpha, run), 'approved', { score: 1 })).toBe('HP010')
})

describe('a change to what runs', () => {
  const change = { what: 'skill', name: 'answer', from: '3', to: '4' }
  const request = { kind: 'change', tool: 'skill.publish', arguments: change }

  test('is bound and used once, like any call', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run, request)
    await operators.decideOn(db.server, approval, 'approved')
    const call = { tool: 'skill.publish' }
    expect(await agents.beginCall(db.alpha, run, { ...change, to: '5' }, call)).toMatchObject({
      code: 'APPROVAL_MISMATCH',
    })
    expect(await agents.beginCall(db.alpha, run, change, call)).toMatchObject({ decision: 'allow' })
    expect(await agents.beginCall(db.alpha, run, change, { ...call, key: 'b' })).toMatchObject({
      code: 'APPROVAL_CONSUMED',
    })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('is told as what it is, in the hold and in the history, with the versions that can be said', async () => {
    const said = async (args: object) => {
      const run = await agents.startPlain(db.alpha)
      await agents.askFor(db.alpha, run, { ...request, arguments: { ...change, ...args } })
      const { detail } = await one<{ detail: { changes: unknown } }>(
        db.admin,
        `select detail from run_events where workflow_id = $1 and kind = 'approval.requested'`,
        [run],
      )
      return [(await operators.runOf(db.admin, run)).stopDetail, detail.changes]
    }
    expect(await said({})).toEqual(['asks to change the skill answer from 3 to 4', change])
    const texts = { from: { version: 3, text: 'a' }, to: { text: 'b'.repeat(500) } }
    expect(await said(texts)).toEqual([
      'asks to change the skill answer from 3',
      { what: 'skill', name: 'answer', from: '3' },
    ])
    // A version is a word: what a rubric becomes is none.
    expect(await said({ from: { version: [3] }, to: 'Be brief.', name: 'n'.repeat(300) })).toEqual([
      `asks to change the skill ${'n'.repeat(200)}`,
      { what: 'skill', name: 'n'.repeat(200) },
    ])
  })

  test.each([
    ['of something else', { ...change, what: 'prompt' }],
    ['of nothing', { what: 'skill', to: '4' }],
    ['to nothing', { what: 'skill', name: 'answer' }],
    ['in words', 'skill answer 4'],
  ])('is not asked about %s', async (_, args) => {
    const run = await agents.startRun(db.alpha)
    const asking = agents.askFor(db.alpha, run, { ...request, arguments: args })
    expect(await outcomeOf(asking)).toBe('HP010')
  })
})
