import { beforeAll, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, type Session } from './support/refusal.ts'

// Invariants 5 and 13: what an action read is read again where it begins, with the agent's own rights and no more.
const db = await openContract()

beforeAll(async () => {
  await db.admin.query(`create schema shop; grant usage on schema shop to public;
    create table shop.orders (id integer primary key, "Odd "" name" text default 'x', version integer, at timestamptz default now());
    create table shop.secrets (id integer primary key, word text);
    create table shop.mine (id integer primary key, owner name, word text);
    insert into shop.secrets values (1, 'hush');
    insert into shop.mine values (1, current_user, 'hush');
    grant select on shop.orders to public;
    alter table shop.mine enable row level security;
    create policy own on shop.mine using (owner = current_user);
    grant select on shop.mine to public`)
})

let last = 0
async function order(): Promise<number> {
  last += 1
  await db.admin.query('insert into shop.orders (id, version) values ($1, 1)', [last])
  return last
}

async function begin(
  session: Session,
  run: string,
  preconditions: unknown,
): Promise<agents.GateAnswer & { errorClass?: string }> {
  const call = {
    tool: 'refund',
    key: 'k',
    request: agents.REFUND,
    digest: agents.digestOf('{"eur":12.5,"order":7}'),
    preconditions,
  }
  const { answer } = await one<{ answer: agents.GateAnswer }>(
    session,
    'select begin_action_checked($1, 1, $2) as answer',
    [run, call],
  )
  return answer
}

const orders = { table: 'shop.orders' }
const actionsOf = async (run: string): Promise<number> =>
  one<{ n: number }>(db.admin, 'select count(*)::int as n from actions where workflow_id = $1', [
    run,
  ]).then(({ n }) => n)

describe('an action that names what it read', () => {
  test('begins while that is as it was', async () => {
    const run = await agents.startRun(db.alpha)
    const id = await order()
    const { xmin, at } = await one<{ xmin: string; at: string }>(
      db.admin,
      'select xmin::text, at::text from shop.orders where id = $1',
      [id],
    )
    const answer = await begin(db.alpha, run, [
      { ...orders, key: { id }, expect: { version: 1, xmin, at, 'Odd " name': 'x' } },
      { ...orders, key: { id: -1 }, absent: true },
    ])
    expect(answer).toMatchObject({ decision: 'allow' })
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test.each([
    ['the version', 'update shop.orders set version = 2 where id = $1', 'has changed'],
    ['the row', 'delete from shop.orders where id = $1', 'no such row'],
    ['a value, to null,', 'update shop.orders set version = null where id = $1', 'has changed'],
  ])('does not begin once %s has changed, and is told to look again', async (_, sql, words) => {
    const run = await agents.startRun(db.alpha)
    const id = await order()
    await db.admin.query(sql, [id])
    const answer = await begin(db.alpha, run, [{ ...orders, key: { id }, expect: { version: 1 } }])
    expect(answer).toMatchObject({
      decision: 'deny',
      code: 'STATE_DRIFT',
      errorClass: 'state_drift',
    })
    expect(answer.why).toContain(words)
    expect(await actionsOf(run)).toBe(0)
    const { lastEvent } = await operators.runOf(db.admin, run)
    expect(lastEvent?.kind).toBe('action.refused')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('does not begin where there is by now what was not there', async () => {
    const run = await agents.startRun(db.alpha)
    const id = await order()
    const answer = await begin(db.alpha, run, [{ ...orders, key: { id }, absent: true }])
    expect(answer).toMatchObject({ code: 'STATE_DRIFT' })
  })

  test('uses up no approval where it does not begin', async () => {
    const run = await agents.startRun(db.alpha)
    const approval = await agents.askFor(db.alpha, run)
    await operators.decideOn(db.server, approval, 'approved')
    const id = await order()
    const stale = [{ ...orders, key: { id }, expect: { version: 0 } }]
    const consumed = 'select consumed_at from approval_queue where approval_id = $1'
    // The gate knows no target here, and the request names none.
    expect(await begin(db.alpha, run, stale)).toMatchObject({ code: 'STATE_DRIFT' })
    expect(await one(db.admin, consumed, [approval])).toEqual({ consumed_at: null })
    const fresh = [{ ...orders, key: { id }, expect: { version: 1 } }]
    expect(await begin(db.alpha, run, fresh)).toMatchObject({ decision: 'allow' })
  })

  test('that was done before is told so, though it changed the world itself', async () => {
    const run = await agents.startRun(db.alpha)
    const id = await order()
    const read = [{ ...orders, key: { id }, expect: { version: 1 } }]
    const { actionId = '' } = await begin(db.alpha, run, read)
    await db.admin.query('update shop.orders set version = 2 where id = $1', [id])
    await agents.endAction(db.alpha, run, actionId, { state: 'confirmed', response: 'sent' })
    expect(await begin(db.alpha, run, read)).toMatchObject({ decision: 'done', response: 'sent' })
  })

  test('is held like any other', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.pause(db.server, run)
    const read = [{ ...orders, key: { id: -1 }, absent: true }]
    expect(await begin(db.alpha, run, read)).toMatchObject({ decision: 'hold' })
  })
})

describe('what it names is read with its own rights', () => {
  test('not what its login may not read', async () => {
    const run = await agents.startRun(db.alpha)
    const peek = [{ table: 'shop.secrets', key: { id: 1 }, expect: { word: 'hush' } }]
    expect(await outcomeOf(begin(db.alpha, run, peek))).toBe('42501')
    expect(await actionsOf(run)).toBe(0)
  })

  test('not rows that are hidden from it', async () => {
    const run = await agents.startRun(db.alpha)
    const peek = [{ table: 'shop.mine', key: { id: 1 }, expect: { word: 'hush' } }]
    expect((await begin(db.alpha, run, peek)).why).toContain('no such row')
  })

  test('not our own tables beyond its grants', async () => {
    const run = await agents.startRun(db.alpha)
    const { schema } = await one<{ schema: string }>(db.admin, 'select current_schema() as schema')
    const peek = [{ table: `${schema}.agent_logins`, key: { login: 'x' }, absent: true }]
    expect(await outcomeOf(begin(db.alpha, run, peek))).toBe('42501')
  })

  test.each([
    ['a table', { table: 'shop.orders; drop table shop.orders', key: { id: 1 }, absent: true }],
    ['a table', { table: 'shop.orders where true or', key: { id: 1 }, absent: true }],
    ['a column', { ...orders, key: { 'id = 1 or id': 1 }, absent: true }],
    ['a column', { ...orders, key: { id: 1 }, expect: { 'version) or (true': 1 } }],
    ['a value', { ...orders, key: { id: "1' or '1' = '1" }, absent: true }],
    ['a value', { ...orders, key: { id: 1 }, expect: { version: '1); drop table x; --' } }],
    ['no schema', { table: 'orders', key: { id: 1 }, absent: true }],
    ['no key', { ...orders, key: {}, absent: true }],
    ['nothing', { ...orders, key: { id: 1 } }],
    ['both', { ...orders, key: { id: 1 }, absent: true, expect: { version: 1 } }],
    ['an object', { ...orders, key: { id: { a: 1 } }, absent: true }],
    ['null', null],
  ])('and nothing of it is run as SQL: %s', async (_, precondition) => {
    const run = await agents.startRun(db.alpha)
    // Malformed, no such table or column, no number: refused as what it is.
    expect(await outcomeOf(begin(db.alpha, run, [precondition]))).toMatch(
      /^(HP010|42P01|42703|42602|22P02|3F000)$/,
    )
    expect(await actionsOf(run)).toBe(0)
  })

  test('and of another agent’s run nothing is said', async () => {
    const run = await agents.startRun(db.alpha)
    const refuse = db.beta.query(`select refuse_drift($1, 1, '{"tool": "x"}', 'lies')`, [run])
    expect(await outcomeOf(refuse)).toBe('HP005')
    const read = [{ ...orders, key: { id: -1 }, absent: true }]
    expect(await outcomeOf(begin(db.beta, run, read))).toBe('HP005')
  })
})
