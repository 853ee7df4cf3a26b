import { beforeAll, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { auditLog, type AuditInput } from '../../test/audit-log.ts'
import { openDatabase } from '../database/database.ts'
import type { AuditLine } from './list.ts'
import { readPage } from './read-page.ts'

const { db, operator, as, startRun } = await askServer()
const { all, writes } = auditLog(db, operator)
let run = ''
let ended = ''

beforeAll(async () => {
  run = await startRun({ agent_id: 'clerk' })
  ended = await startRun({ agent_id: 'other' })
  for (let n = 0; n < 5; n++) {
    await writes({
      agent_id: 'clerk',
      workflow_id: run,
      action: `letter.send`,
      target_table: 'letters',
      target_row_id: `l${n}`,
    })
  }
  await writes({
    agent_id: 'clerk',
    workflow_id: run,
    action: 'letter.burn',
    target_table: 'letters',
    target_row_id: 'l1',
  })
  await writes({
    agent_id: 'other',
    workflow_id: ended,
    action: 'mail',
    target_table: 'mails',
    target_row_id: 'l1',
  })
  await db.trial.query(
    `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
    [ended],
  )
  await writes({
    agent_id: 'other',
    workflow_id: ended,
    action: 'mail',
    target_table: 'mails',
    target_row_id: 'm2',
  })
  await operator.runs.pause({ id: run, reason: 'look' })
})

/** What a filter should find, by the whole log and a rule. */
async function findsExactly(input: AuditInput, rule: (row: AuditLine) => boolean): Promise<void> {
  const whole = await all({})
  const wanted = whole.filter(rule).map(({ id }) => id)
  expect(wanted.length).toBeGreaterThan(0)
  expect(wanted.length).toBeLessThan(whole.length)
  expect((await all({ ...input, limit: 2 })).map(({ id }) => id)).toEqual(wanted)
}

test('each filter finds exactly its rows, page by page', async () => {
  await findsExactly({ agentId: 'clerk' }, ({ agentId }) => agentId === 'clerk')
  await findsExactly({ runId: ended.toUpperCase() }, ({ runId }) => runId === ended)
  await findsExactly({ actor: 'agent:clerk' }, ({ actor }) => actor === 'agent:clerk')
  await findsExactly({ actor: 'operator:maria' }, ({ actor }) => actor === 'operator:maria')
  await findsExactly({ actor: 'operator:*' }, ({ actor }) => actor.startsWith('operator:'))
  await findsExactly({ actor: 'agent:*' }, ({ actor }) => actor.startsWith('agent:'))
  await findsExactly({ actor: 'people' }, ({ actor }) => !actor.startsWith('agent:'))
  const { login } = (await all({ agentId: 'other' }))[0] ?? { login: '' }
  await findsExactly({ login }, (row) => row.login === login)
  await findsExactly({ table: 'letters' }, ({ targetTable }) => targetTable === 'letters')
  await findsExactly({ row: 'l1' }, ({ targetRowId }) => targetRowId === 'l1')
  await findsExactly({ action: 'mail' }, ({ action }) => action === 'mail')
  await findsExactly({ action: 'letter.*' }, ({ action }) => action.startsWith('letter.'))
  await findsExactly({ late: true }, ({ late }) => late)
  await findsExactly({ late: false }, ({ late }) => !late)
})

test('filters narrow each other', async () => {
  expect(await all({ table: 'letters', row: 'l1' })).toHaveLength(2)
  expect(await all({ table: 'letters', row: 'l1', action: 'letter.b*' })).toMatchObject([
    { action: 'letter.burn' },
  ])
  expect(await all({ agentId: 'clerk', action: 'm*' })).toEqual([])
  expect(await all({ action: 'nothing begins so*' })).toEqual([])
})

test('a window holds its first instant and not its last', async () => {
  const whole = await all({ order: 'oldest' })
  const [from, to] = [whole[2]?.seenAt ?? '', whole[5]?.seenAt ?? '']
  expect((await all({ from, to, order: 'oldest' })).map(({ id }) => id)).toEqual(
    whole.slice(2, 5).map(({ id }) => id),
  )
  expect(await all({ from: '-15m' })).toHaveLength(whole.length)
  expect(await all({ to: '-1h' })).toEqual([])
})

test('oldest first is newest first from the other end, also by several actions', async () => {
  for (const filter of [{}, { action: 'letter.*' }, { agentId: 'clerk' }]) {
    const newest = await all({ ...filter, limit: 2 })
    const oldest = await all({ ...filter, limit: 3, order: 'oldest' })
    expect(oldest.map(({ id }) => id)).toEqual(newest.toReversed().map(({ id }) => id))
  }
})

test('a page holds still while rows are added', async () => {
  const before = await all({ agentId: 'clerk' })
  const first = await operator.audit.list({ agentId: 'clerk', limit: 3 })
  await writes({ agent_id: 'clerk', action: 'meanwhile' })
  const rest = await operator.audit.list({ agentId: 'clerk', limit: 200, cursor: first.nextCursor })
  expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(before.map(({ id }) => id))
})

test('signs of SQL and of patterns are characters', async () => {
  const hostile = [`%'; drop table agent_audit_log; --`, '_', '\\', '100%_\\*', '\u202Egnp', '*']
  for (const action of hostile)
    await writes({ agent_id: 'hostile', action, target_table: action, target_row_id: action })
  for (const action of hostile) {
    const exactly = { agentId: 'hostile', table: action, row: action }
    expect(await all(exactly)).toMatchObject([{ action }])
    const begun = await all({ agentId: 'hostile', action: `${action}*` })
    const should = hostile.filter((each) => each.startsWith(action))
    expect(begun.map((row) => row.action).toSorted()).toEqual(should.toSorted())
  }
})

test('what cannot be a filter is refused in words', async () => {
  const { code } = await refusal(operator.audit.list({ table: 'a\0b' }))
  expect(code).toBe('BAD_REQUEST')
  for (const input of [
    { from: 'yesterday' },
    { to: '-5x' },
    { agentId: '' },
    { runId: '7' },
    { from: '-9999999d' },
  ]) {
    await expect(operator.audit.list(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  }
})

test('long data is left out of a list and there in full in the row', async () => {
  const text = 'x'.repeat(200_000)
  await writes({
    agent_id: 'long',
    action: 'fill',
    data_after: JSON.stringify({ text }),
    data_timestamp: '2026-01-02T03:04:05Z',
  })
  const [line] = await all({ agentId: 'long' })
  expect(line).toMatchObject({ dataAfter: null, dataLeftOut: true })
  expect(await operator.audit.get({ id: line?.id ?? '' })).toMatchObject({
    dataAfter: { text },
    dataTimestamp: '2026-01-02T03:04:05+00:00',
    requestedBy: null,
  })
  expect((await all({ agentId: 'clerk' })).every(({ dataLeftOut }) => !dataLeftOut)).toBe(true)
})

test('what an agent does to its run is found like all else', async () => {
  const asking = await startRun({ agent_id: 'starter' })
  await db.trial.query(
    `insert into approval_queue (workflow_id, requested_by, tool, target) values ($1, 'a', 'refund', 'order 7')`,
    [asking],
  )
  await db.trial.query(`update workflow_checkpoints set status = 'failed' where workflow_id = $1`, [
    asking,
  ])
  const acts = await all({ agentId: 'starter', order: 'oldest' })
  expect(acts.map(({ action, actor, targetTable }) => [action, actor, targetTable])).toEqual([
    ['run.start', 'agent:starter', 'workflow_checkpoints'],
    ['approval.request', 'agent:starter', 'approval_queue'],
    ['run.fail', 'agent:starter', 'workflow_checkpoints'],
  ])
  expect(await all({ table: 'workflow_checkpoints', row: asking, action: 'run.*' })).toHaveLength(2)
  expect(await all({ agentId: 'starter', actor: 'people' })).toEqual([])
})

test('values are completed from the log, each once', async () => {
  expect(await operator.audit.values({ column: 'action', start: 'letter.' })).toEqual([
    'letter.burn',
    'letter.send',
  ])
  expect(await operator.audit.values({ column: 'table', start: 'm' })).toEqual(['mails'])
  expect(await operator.audit.values({ column: 'actor', start: 'op' })).toEqual(['operator:maria'])
  expect(await operator.audit.values({ column: 'login', start: '' })).toHaveLength(2)
})

test('a page that would take a long scan is given up and said so; it is not an empty page', async () => {
  const slow = openDatabase(db.serverUrl, () => undefined)
  const read = async <Row>(): Promise<Row[]> =>
    slow.read(`set local statement_timeout = 1; select pg_sleep(1)`)
  const failed = readPage(
    { ...slow, read },
    { filter: {}, order: 'newest', after: null, limit: 1 },
    'l.log_id',
  )
  await expect(failed).rejects.toMatchObject({ body: { code: 'BAD_REQUEST', message: /too long/ } })
  await slow.close()
})

test('someone without the scope to look is told nothing', async () => {
  const nobody = as('operator:nobody', ['control'])
  expect((await refusal(nobody.audit.list({ from: 'nonsense' }))).code).toBe('FORBIDDEN')
  expect((await refusal(nobody.audit.get({ id: 'x' }))).code).toBe('FORBIDDEN')
  expect((await refusal(nobody.audit.values({ column: 'login' }))).code).toBe('FORBIDDEN')
})

test('rows from before Holdpoint, which have no actor, are found as they are shown', async () => {
  const ancient = `insert into agent_audit_log (agent_id, actor) values ('ancient', null)`
  await db.pool(db.superUrl).query(`set session_replication_role = replica; ${ancient}`)
  const { rows } = await operator.audit.list({ actor: 'unknown' })
  expect(rows.map(({ agentId, actor }) => [agentId, actor])).toEqual([['ancient', 'unknown']])
})
