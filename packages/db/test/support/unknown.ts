import * as agents from './agents.ts'
import type { Contract } from './contract.ts'
import * as operators from './operators.ts'
import { one } from './refusal.ts'

interface Entry {
  state: string
  response: unknown
  error: string | null
  settled_by: string | null
  late: { state: string } | null
}

export const ledger = async (db: Contract, action: string): Promise<Entry> =>
  one<Entry>(
    db.admin,
    'select state, response, error, settled_by, late from actions where action_id = $1',
    [action],
  )

/** A run whose second worker asked for the action that the first left unknown: the gate holds it. */
export async function held(db: Contract): Promise<{ run: string; action: string }> {
  const run = await agents.startRun(db.alpha)
  const action = await agents.allowedAction(db.alpha, run)
  await operators.loseWorker(db.owner, db.server, run)
  await agents.claimRun(db.alpha, run)
  const { stopReason } = await agents.beginAction(db.alpha, run, 2)
  if (stopReason !== 'UNKNOWN_OUTCOME') throw new Error(`The gate said ${stopReason}.`)
  return { run, action }
}

/** One whose own worker could not tell, and that nobody asked about again. */
export async function untold(db: Contract): Promise<{ run: string; action: string }> {
  const run = await agents.startRun(db.alpha)
  const action = await agents.allowedAction(db.alpha, run)
  await agents.endAction(db.alpha, run, action, { state: 'unknown' })
  return { run, action }
}
