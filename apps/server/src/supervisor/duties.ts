import { driftFeeder } from '../detections/feed.ts'
import { loopTender } from '../loops/tend.ts'
import { collectNotifications, forgetOldNotifications } from '../notifications/collect.ts'
import type { Duty } from './leader.ts'

interface Portion {
  /** Rows of one transaction. */
  readonly most: number
  /** After so long (ms) the other duties have their turn. */
  readonly forMs: number
}

/** Calls an SQL function that takes how many to do at most and says how many it did, until there are no more. */
const whileMore =
  (name: string, { most, forMs }: Portion): Duty['run'] =>
  async (pool) => {
    const stopAt = performance.now() + forMs
    for (;;) {
      const { rows } = await pool.query<{ n: number }>(`select ${name}($1) as n`, [most])
      if ((rows[0]?.n ?? 0) < most || performance.now() > stopAt) return
    }
  }

/**
 * Calls an SQL function that takes after which row to go on and how many to look at, and says which was the last one. Where
 * there are more than it has time for, it goes on there next time: nothing that is many keeps it from reaching the rest.
 */
function inTurns(name: string, { most, forMs }: Portion): Duty['run'] {
  let after: string | null = null
  return async (pool) => {
    const stopAt = performance.now() + forMs
    do {
      const { rows } = await pool.query<{ last: string | null }>(`select ${name}($1, $2) as last`, [
        after,
        most,
      ])
      after = rows[0]?.last ?? null
    } while (after !== null && performance.now() < stopAt)
  }
}

/** The lease of a worker that asks for none of its own. */
const usualLeaseMs = 10_000

/** Runs whose worker went silent are marked lost, so that another may claim them. */
const sweepLostRuns: Duty = {
  name: 'sweeping lost runs',
  everyMs: 1_000,
  // While the database was away no worker could renew a lease: those who live have one lease to say so.
  afterOutageMs: usualLeaseMs,
  // A machine that goes away, or an agent that starts runs and leaves them, loses more than one call takes; those of
  // others come after them.
  run: whileMore('sweep_lost_runs', { most: 500, forMs: 1_500 }),
}

/** Requests that nobody decided in time: an outcome of its own, and never a yes. */
const expireApprovals: Duty = {
  name: 'expiring approvals',
  everyMs: 1_000,
  run: whileMore('expire_approvals', { most: 200, forMs: 1_500 }),
}

/** Somebody was disabled, and a request waits for more people than there are: it is marked, and told. */
const lookForPeople: Duty = {
  name: 'looking for people who could answer',
  everyMs: 5_000,
  run: inTurns('look_for_people', { most: 50, forMs: 1_000 }),
}

/** Runs that nobody has looked at for as long as a policy allows. */
const holdForCheckIn: Duty = {
  name: 'holding for check-ins',
  everyMs: 2_000,
  run: async (pool) => {
    await pool.query('select hold_for_check_in()')
  },
}

/** The history's partitions are made ahead; without one its rows go to the default partition. */
const makePartitions: Duty = {
  name: 'making partitions',
  everyMs: 3_600_000,
  run: async (pool) => {
    await pool.query('select make_event_partitions(3)')
  },
}

/** What the charts of the fleet show; where no server leads there is a gap. */
const sampleFleet: Duty = {
  name: 'sampling the fleet',
  everyMs: 15_000,
  run: async (pool) => {
    await pool.query('select record_fleet_sample()')
  },
}

/** Firings that did not come are written down, by the database's clock. */
const tendLoops: Duty = {
  name: 'tending loops',
  everyMs: 3_000,
  run: loopTender(),
}

/** What happened goes into the outbox; who leads next goes on where this one has read to. */
const collect: Duty = {
  name: 'collecting notifications',
  everyMs: 0,
  run: collectNotifications,
}

const forget: Duty = {
  name: 'forgetting old notifications',
  everyMs: 600_000,
  run: forgetOldNotifications,
}

/** A window of the past is read from counts; what has not been counted yet is read one by one, and costs more. */
const countHistory: Duty = {
  name: 'counting the history',
  everyMs: 1_000,
  run: whileMore('count_history', { most: 20_000, forMs: 1_500 }),
}

export const duties: readonly Duty[] = [
  sweepLostRuns,
  expireApprovals,
  lookForPeople,
  holdForCheckIn,
  makePartitions,
  sampleFleet,
  tendLoops,
  collect,
  forget,
  countHistory,
]

/** Under a lease of its own: a busy fleet gives it work for whole seconds, and lost runs are swept all the same. */
export const driftDuties: readonly Duty[] = [
  { name: 'following drift', everyMs: 1_000, run: driftFeeder() },
]
