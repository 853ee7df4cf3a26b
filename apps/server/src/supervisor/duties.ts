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

export const duties: readonly Duty[] = [sweepLostRuns, makePartitions]
