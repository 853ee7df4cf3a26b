import type { TestDatabase } from '@holdpoint/db/testing'

import type { Worker } from '../src/index.ts'
import { until } from './rows.ts'

/** The worker once its first heartbeat is over: the next is a third of its lease away, so that it is silent until then. */
export async function quietWorker(db: TestDatabase, worker: Worker): Promise<Worker> {
  await until(
    async () =>
      db.owner.query(
        `select from pg_stat_activity where application_name = left($1, 63) and query like 'listen%' and state = 'idle'`,
        [`holdpoint-control ${worker.name}`],
      ),
    ({ rowCount }) => rowCount === 1,
  )
  return worker
}

/** As if the worker had been silent for longer than its lease; a heartbeat that is on its way must not renew it. */
export async function lapse(db: TestDatabase, run: string): Promise<void> {
  await db.owner.query(
    `update run_leases set lease_until = clock_timestamp() - interval '1 second', worker = worker || ', silent'
     where workflow_id = $1`,
    [run],
  )
}
