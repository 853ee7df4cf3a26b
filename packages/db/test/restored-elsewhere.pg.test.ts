import { expect, test } from 'vitest'

import { migrate } from '../src/index.ts'
import { postgresEngine } from '../src/postgres-engine.ts'
import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { one, type Session } from './support/refusal.ts'
import { addChannel, collect, outboxOf } from './support/telling.ts'

// A dump that is restored in another cluster, where transaction numbers start again: nothing is counted or told twice,
// passed over, or new for ever.
const db = await openContract()

const ask = async (): Promise<string> => {
  const run = await agents.startPlain(db.alpha)
  await db.alpha.query(
    `insert into approval_queue (workflow_id, requested_by) values ($1, 'alpha')`,
    [run],
  )
  return run
}

const countAll = async (): Promise<void> => {
  while ((await one<{ n: number }>(db.server, 'select count_history(1000) as n')).n > 0);
}

const numberOf = async (sql: string, session: Session = db.owner): Promise<number> =>
  (await one<{ n: number }>(session, `select (${sql})::integer as n`)).n

const events = async () => numberOf('select count(*) from run_events')
const counted = async () =>
  numberOf('select coalesce(sum(events), 0) from event_counts where grain = 1 and agent = 0')
const fresh = async () =>
  numberOf(`select count(*) from fresh_events('-infinity', 'infinity')`, db.server)

/** As if all there is had been written in a cluster that had given out so many more numbers. */
const restoreFrom = async (ahead: number): Promise<void> =>
  void (await db.admin.query(`
    begin; set local session_replication_role = replica;
    update run_events set xid = (xid::text::bigint + ${ahead})::text::xid8;
    update history_position set cluster = 'another', snapshot = '9000000000:9000000000:';
    update notification_tail set cluster = 'another', snapshot = '9000000000:9000000000:';
    update drift_position set cluster = 'another', snapshot = '9000000000:9000000000:';
    commit`))

const start = async () => migrate({ adminUrl: db.superUrl })

test('the position says of which cluster it is, and a history of this one is left alone', async () => {
  await ask()
  await countAll()
  const before = await one(db.owner, 'select * from history_position')
  await start()
  expect(await one(db.owner, 'select * from history_position')).toEqual(before)
  expect(before).toMatchObject({ cluster: expect.stringMatching(/^\d+$/) as string })
  expect(await one(db.owner, 'select adopt_restored_history() as adopted')).toEqual({
    adopted: false,
  })
})

test.each([1_000_000_000, 0])(
  'restored from a cluster that was %i numbers ahead, everything is counted, scored and told once',
  async (ahead) => {
    const channel = await addChannel(db.server)
    await collect(db.server)
    await ask()
    await collect(db.server)
    await db.server.query(`select find_drift_work('here', 100000)`)
    await countAll()
    const told = await outboxOf(db.owner, channel)
    await restoreFrom(ahead)
    await start()

    // What was counted is counted anew, and nothing twice on the way.
    expect((await counted()) + (await fresh())).toBe(await events())
    await countAll()
    expect(await counted()).toBe(await events())
    expect(await fresh()).toBe(0)

    const tail = await db.server.connect()
    const position = await postgresEngine.position(tail)
    expect(await collect(db.server)).toBe(true)
    await db.server.query(`select find_drift_work('here', 100000)`)
    const run = await ask()
    expect(await fresh()).toBeGreaterThan(0)
    await countAll()
    expect(await counted()).toBe(await events())

    expect(await collect(db.server)).toBe(false)
    const after = await outboxOf(db.owner, channel)
    expect(after.slice(0, told.length)).toEqual(told)
    expect(after.slice(told.length).map((row) => row.run)).toEqual([run])

    await db.server.query(`select find_drift_work('here', 100000)`)
    expect(
      await one(db.owner, 'select target from drift_runs where workflow_id = $1', [run]),
    ).toEqual(
      await one(db.owner, 'select seq as target from workflow_checkpoints where workflow_id = $1', [
        run,
      ]),
    )

    // The live tail: what came since, not what was restored.
    const news = await postgresEngine.tail(tail, position, 10_000)
    tail.release()
    expect(
      news.kind === 'events' && new Set(news.events.map((event) => event.workflow_id)),
    ).toEqual(new Set([run]))
  },
)

test('what an event says stays as it was, and is kept as before', async () => {
  const run = await ask()
  const said = async () =>
    one(
      db.owner,
      `select jsonb_agg(to_jsonb(e) - 'xid' order by seq) as events from run_events e where workflow_id = $1`,
      [run],
    )
  const before = await said()
  await restoreFrom(7_000_000)
  await start()
  expect(await said()).toEqual(before)
  await expect(
    db.admin.query(`update run_events set kind = 'other' where workflow_id = $1`, [run]),
  ).rejects.toThrow('this record is kept')
  await expect(db.server.query('select adopt_restored_history()')).rejects.toThrow(
    'permission denied',
  )
})
