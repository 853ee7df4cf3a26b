import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { as, db, operator, startRun } = await askServer()

async function ask(run: string): Promise<string> {
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments) values ($1, 'a', 'send_email', '{"to":"x"}')
     returning approval_id as id`,
    [run],
  )
  return rows[0]?.id ?? ''
}

test('one decision settles a request, whoever comes second is told who was first', async () => {
  const run = await startRun()
  const id = await ask(run)
  const other = as('operator:jo', ['read', 'decide'])
  const answers = await Promise.allSettled([
    operator.approvals.decide({ id, version: 1, decision: 'approved', reason: 'fine' }),
    other.approvals.decide({ id, version: 1, decision: 'rejected', reason: 'no' }),
  ])
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const settled = await operator.approvals.get({ id })
  const told = await refusal(operator.approvals.decide({ id, version: 1, decision: 'approved' }))
  expect(told.code).toBe('ALREADY_DECIDED')
  expect(told.message).toContain(settled.decidedBy ?? 'nobody')
})

test('a decision comes back with the run as it stands', async () => {
  const run = await startRun()
  const id = await ask(run)
  const decided = await operator.approvals.decide({
    id,
    version: 1,
    decision: 'approved',
    reason: '  ',
  })
  expect(decided).toMatchObject({
    id,
    runId: run,
    tool: 'send_email',
    arguments: { to: 'x' },
    decision: 'approved',
    decidedBy: 'operator:maria',
    decisionReason: null,
    run: { id: run, status: 'approved' },
  })
})

test('open requests come longest waiting first, settled ones newest first, a page at a time', async () => {
  const open: string[] = []
  for (let n = 0; n < 5; n++) open.push(await ask(await startRun()))
  const found: string[] = []
  let cursor: string | null | undefined
  do {
    const page = await operator.approvals.list({ status: 'open', limit: 2, cursor })
    found.push(...page.rows.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  // Other tests leave requests open, too.
  expect(found.filter((id) => open.includes(id))).toEqual(open)
  const [first = ''] = open
  await operator.runs.kill({ id: (await operator.approvals.get({ id: first })).runId })
  const closed = await operator.approvals.list({ status: 'closed', limit: 1 })
  expect(closed.rows[0]).toMatchObject({
    id: first,
    decision: null,
    closedWhy: 'the run was killed',
  })
  expect(
    (await refusal(operator.approvals.decide({ id: first, version: 1, decision: 'approved' })))
      .code,
  ).toBe('APPROVAL_CLOSED')
})

test('the requests of one run are found however many others there are', async () => {
  const run = await startRun()
  const id = await ask(run)
  await ask(await startRun())
  const page = await operator.approvals.list({ status: 'open', runId: run, limit: 1 })
  expect(page).toMatchObject({ rows: [{ id }], nextCursor: null })
  await operator.approvals.decide({ id, version: 1, decision: 'rejected' })
  expect((await operator.approvals.list({ status: 'open', runId: run })).rows).toEqual([])
  expect((await operator.approvals.list({ status: 'closed', runId: run })).rows).toMatchObject([
    { id },
  ])
})

test('a request that names no tool comes with what its run recorded, until it is answered', async () => {
  const run = await startRun()
  await db.trial.query(
    `update workflow_checkpoints set current_step = 'publish', step_input = '{"version":"1.4"}' where workflow_id = $1`,
    [run],
  )
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by) values ($1, 'a') returning approval_id as id`,
    [run],
  )
  const id = rows[0]?.id ?? ''
  expect((await operator.approvals.get({ id })).stepInput).toEqual({ version: '1.4' })
  await operator.approvals.decide({ id, version: 1, decision: 'approved' })
  expect((await operator.approvals.get({ id })).stepInput).toBeNull()
})

test('edited arguments are held against the schema that came with the request', async () => {
  const run = await startRun()
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments, arguments_schema)
     values ($1, 'a', 'refund', '{"eur": 12}', '{"properties": {"eur": {"type": "number", "maximum": 20}}}')
     returning approval_id as id`,
    [run],
  )
  const id = rows[0]?.id ?? ''
  const edited = async (args: { eur: number | string }) =>
    operator.approvals.decide({ id, version: 1, decision: 'approved', arguments: args })
  for (const args of [{ eur: 21 }, { eur: 'all' }]) {
    const told = await refusal(edited(args))
    expect(told).toMatchObject({ code: 'INVALID_INPUT' })
    expect(told.message).toContain('#/eur')
  }
  expect(await operator.approvals.get({ id })).toMatchObject({ decision: null, version: 1 })
  expect(await edited({ eur: 10 })).toMatchObject({
    decision: 'approved',
    arguments: { eur: 10 },
    originalArguments: { eur: 12 },
    editedBy: 'operator:maria',
  })
})

test('whoever looked at an earlier version is told to look again', async () => {
  const id = await ask(await startRun())
  const until = new Date(Date.now() + 3_600_000).toISOString()
  expect(await operator.approvals.extend({ id, version: 1, until })).toMatchObject({ version: 2 })
  const told = await refusal(operator.approvals.decide({ id, version: 1, decision: 'approved' }))
  expect(told).toMatchObject({ code: 'STALE_VERSION', hint: 'Look at it again, then decide.' })
})

test('many are decided exactly as a dry run froze them; what changed since is not', async () => {
  const ids: string[] = []
  for (let n = 0; n < 4; n++) ids.push(await ask(await startRun()))
  const [first = '', second = '', third = ''] = ids
  await operator.approvals.decide({ id: first, version: 1, decision: 'rejected' })
  const plan = await operator.approvals.plan({ decision: 'approved', ids })
  expect(plan.will.map(({ id }) => id)).toEqual(ids.slice(1))
  expect(plan.wont).toMatchObject([{ id: first, because: 'It was rejected by operator:maria.' }])
  await operator.approvals.extend({
    id: second,
    version: 1,
    until: new Date(Date.now() + 3_600_000).toISOString(),
  })
  await as('operator:jo', ['read', 'decide']).approvals.decide({
    id: third,
    version: 1,
    decision: 'rejected',
  })
  const items = plan.will.map(({ id, version }) => ({ id, version }))
  const { results } = await operator.approvals.decideMany({ decision: 'approved', items })
  expect(results.map((each) => (each.outcome === 'done' ? 'done' : each.code))).toEqual([
    'STALE_VERSION',
    'ALREADY_DECIDED',
    'done',
  ])
})

test('who hands a request on is told that it is no longer theirs, and the other answers it', async () => {
  const id = await ask(await startRun())
  const jo = as('operator:jo', ['read', 'decide'])
  const handed = await operator.approvals.delegate({ id, version: 1, to: 'operator:jo' })
  expect(handed).toMatchObject({
    version: 2,
    assignees: ['operator:jo'],
    handedOn: ['operator:maria'],
    decision: null,
  })
  const { rows } = await jo.approvals.inbox({})
  expect(rows.find((row) => row.id === id)).toMatchObject({ handedOn: ['operator:maria'] })
  const replies = (await operator.approvals.get({ id })).replies
  for (const each of [replies.approve, replies.reject, replies.delegate])
    expect(each).toMatch(/^You have handed it on/)
  for (const decision of ['approved', 'rejected'] as const)
    expect((await refusal(operator.approvals.decide({ id, version: 2, decision }))).code).toBe(
      'NOT_ALLOWED',
    )
  expect(await operator.approvals.plan({ decision: 'approved', ids: [id] })).toMatchObject({
    will: [],
    wont: [{ id, because: replies.approve }],
  })
  expect(await jo.approvals.decide({ id, version: 2, decision: 'approved' })).toMatchObject({
    decision: 'approved',
    decidedBy: 'operator:jo',
  })
})

test('others are asked beside whoever asks them, and the request stays open', async () => {
  const id = await ask(await startRun())
  expect(
    await operator.approvals.escalate({ id, version: 1, to: ['operator:jo'], reason: 'I am out' }),
  ).toMatchObject({ version: 2, assignees: ['operator:jo'], handedOn: [], decision: null })
  expect((await operator.approvals.get({ id })).replies.approve).toBeNull()
})
