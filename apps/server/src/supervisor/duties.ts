import { loopTender } from '../loops/tend.ts'
import type { Duty } from './leader.ts'

/** Runs whose worker went silent are marked lost, so that another may claim them. */
const sweepLostRuns: Duty = {
  name: 'sweeping lost runs',
  everyMs: 1_000,
  run: async (pool) => {
    await pool.query('select sweep_lost_runs()')
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

export const duties: readonly Duty[] = [sweepLostRuns, makePartitions, sampleFleet, tendLoops]
