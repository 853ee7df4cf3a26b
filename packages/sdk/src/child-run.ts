import { type FinalStatus, isFinal, type RunStatus } from '@holdpoint/protocol'

import { pause } from './backoff.ts'
import { hasCode } from './database-errors.ts'
import { enqueueRun } from './enqueue.ts'
import { HoldpointError } from './errors.ts'
import type { LeasedRun } from './leased-run.ts'
import { mayGoOn } from './run-view.ts'
import type { RunSpec } from './spec.ts'
import { childId } from './start.ts'

const FIRST_LOOK_MS = 100
const LOOK_MS = 2000

/** Leaves a run below this one in the queue; not while this one is held. @returns its id, the same after a restart */
export async function enqueueChild(leased: LeasedRun, spec: RunSpec<object>): Promise<string> {
  const of = {
    id: spec.runId ?? childId(leased, spec),
    agent: spec.agent ?? leased.agent,
    parentId: leased.id,
  }
  for (;;) {
    leased.signal.throwIfAborted()
    const { version } = leased
    try {
      return await enqueueRun(leased.host, spec, of)
    } catch (error) {
      if (!hasCode(error, 'RUN_HELD')) throw error
      if (!mayGoOn(await leased.look())) await leased.untilMayGo(version)
    }
  }
}

/** How a run ended, once it has. */
export async function untilEnded(leased: LeasedRun, id: string): Promise<FinalStatus> {
  for (let ms = FIRST_LOOK_MS; ; ms = Math.min(ms * 2, LOOK_MS)) {
    const [row] = await leased.database.query<{ status: RunStatus }>(
      'select status from workflow_checkpoints where workflow_id = $1',
      [id],
      { signal: leased.signal },
    )
    if (row === undefined) throw new HoldpointError('RUN_NOT_FOUND', `There is no run ${id}.`)
    if (isFinal(row.status)) return row.status
    await pause(ms, leased.signal)
  }
}
