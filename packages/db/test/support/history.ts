import { type EventDetail, isFinal, type Run, transitions } from '@holdpoint/protocol'
import type { Pool } from 'pg'

interface Entry {
  seq: number
  kind: string
  actor: string
  detail: EventDetail | null
  state: Run
}

/** All of a state that its end makes final. */
const settled = (state: Run): string =>
  JSON.stringify({ ...state, seq: null, lastEvent: null, control: null })

/** What may still be written about a run that has ended: evidence, and how far the kill got. */
const afterTheEnd = /^(action\.(late|settled)|audit\.recorded|control\..*)$/

/**
 * Reads a run's whole history as owner and says, in words, each way in which it breaks the contract
 * (invariants 1, 2, 3, 7, 9 and 10). An empty list is a sound history.
 */
export async function faultsOf(owner: Pool, run: string): Promise<string[]> {
  const { rows: events } = await owner.query<Entry>(
    'select seq::int, kind, actor, detail, state from run_events where workflow_id = $1 order by seq',
    [run],
  )
  return [
    ...eventFaults(events),
    ...repeatFaults(events),
    ...(await rowFaults(owner, run, events.at(-1))),
    ...(await auditFaults(owner, run, events)),
  ]
}

function eventFaults(events: Entry[]): string[] {
  const faults: string[] = []
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1) faults.push(`event ${index + 1} has the sequence ${event.seq}`)
    if (event.state.seq !== event.seq) faults.push(`event ${event.seq} carries another sequence`)
    const before = events[index - 1]?.state
    if (before !== undefined) faults.push(...stepFaults(before, event))
  }
  return faults
}

function stepFaults(before: Run, { seq, kind, detail, state }: Entry): string[] {
  const faults: string[] = []
  const moved = before.status !== state.status
  if (moved && !transitions.some(([a, b]) => a === before.status && b === state.status)) {
    faults.push(`event ${seq} went from ${before.status} to ${state.status}`)
  }
  const stopped = before.heldBy.length > 0 || ['paused', 'lost'].includes(before.status)
  const begun = beginning({ kind, detail })
  if (begun !== undefined && (stopped || isFinal(before.status))) {
    faults.push(`${begun} began at ${seq} while the run was ${before.status}`)
  }
  if (begun !== undefined && before.engine !== 'sql' && before.worker === null) {
    faults.push(`${begun} began at ${seq} while no worker had the run`)
  }
  if (state.epoch !== before.epoch + (kind === 'run.claimed' ? 1 : 0)) {
    faults.push(`${kind} at ${seq} took the epoch from ${before.epoch} to ${state.epoch}`)
  }
  if (isFinal(before.status)) {
    if (!afterTheEnd.test(kind)) faults.push(`${kind} at ${seq} after the run was ${before.status}`)
    if (settled(before) !== settled(state)) faults.push(`event ${seq} changed a run that had ended`)
  }
  return faults
}

/** What the gate let begin with this event, if it did. A step that plain SQL writes asks nobody. */
function beginning({ kind, detail }: Pick<Entry, 'kind' | 'detail'>): string | undefined {
  if (kind === 'action.intended') return `action ${detail?.actionId}`
  if (kind === 'run.step' && detail?.occurrence !== undefined) return stepOf(detail)
  return undefined
}

const stepOf = ({ step, occurrence }: EventDetail): string => `step ${step} (${occurrence})`

/** What is known to have happened never begins again. */
function repeatFaults(events: Entry[]): string[] {
  const happened = new Set<string>()
  const faults: string[] = []
  for (const event of events) {
    const { seq, kind, detail } = event
    const begun = beginning(event)
    if (begun !== undefined && happened.has(begun)) faults.push(`${begun} began again at ${seq}`)
    if (detail === null) continue
    if (kind === 'step.completed') happened.add(stepOf(detail))
    if (kind === 'action.confirmed' || detail.landed === true)
      happened.add(`action ${detail.actionId}`)
  }
  return faults
}

async function rowFaults(owner: Pool, run: string, last: Entry | undefined): Promise<string[]> {
  const { rows } = await owner.query<{
    seq: number
    status: string
    held_by: string[]
    open: string[]
    resume_to: string | null
    same: boolean
  }>(
    `select w.seq::int, w.status, w.held_by, w.resume_to,
            array(select kind from (select distinct h.kind from run_holds h
              where h.workflow_id = w.workflow_id and h.cleared_at is null) k order by hold_rank(kind)) as open,
            (select e.state from run_events e where e.workflow_id = w.workflow_id order by e.seq desc limit 1)
              = run_state(w) as same
       from workflow_checkpoints w where w.workflow_id = $1`,
    [run],
  )
  const [row] = rows
  if (row === undefined) return ['the run has no row']
  const faults: string[] = []
  if (row.seq !== last?.seq) faults.push(`the row says ${row.seq}, the history ${last?.seq}`)
  if (!row.same) faults.push('the last event is not the row')
  if (row.held_by.join() !== row.open.join())
    faults.push(`held by ${row.held_by.join()}, open: ${row.open.join()}`)
  const waits = row.open.length > 0 || row.resume_to === 'rejected'
  if (row.status !== 'lost' && waits !== (row.status === 'paused')) {
    faults.push(`${row.status} with ${row.open.length} open holds (${row.resume_to})`)
  }
  return faults
}

/** Events that say what an agent did to its run, and the name under which the log has it. */
const ownActs: Readonly<Record<string, string>> = {
  'run.started': 'run.start',
  'run.complete': 'run.complete',
  'run.failed': 'run.fail',
  'approval.requested': 'approval.request',
  'approval.decided': 'approval.request',
  'action.refused': 'action.refuse',
}

async function auditFaults(owner: Pool, run: string, events: Entry[]): Promise<string[]> {
  const { rows } = await owner.query<{ begun: number; verbs: number; own: string[] }>(
    `select count(*) filter (where action like 'action.begin %')::int as begun,
            count(*) filter (where actor like 'operator:%')::int as verbs,
            coalesce(array_agg(split_part(action, ' ', 1) order by seen_at) filter (where split_part(action, ' ', 1)
              in ('run.start', 'run.complete', 'run.fail', 'approval.request', 'action.refuse')), '{}') as own
       from agent_audit_log where workflow_id = $1`,
    [run],
  )
  const audited = rows[0]
  const begun = events.filter(({ kind }) => kind === 'action.intended').length
  // A hold that goes because its action was settled is part of that verb.
  const verbs = events.filter(
    ({ actor, detail }) => actor.startsWith('operator:') && detail?.hold !== 'outcome',
  ).length
  const faults: string[] = []
  if (audited?.begun !== begun) faults.push(`${begun} actions begun, ${audited?.begun} audited`)
  if (audited?.verbs !== verbs) faults.push(`${verbs} operator events, ${audited?.verbs} audited`)
  // What a standing approval answers at once is one event, and was asked all the same.
  const own = events.flatMap(({ kind, actor }) =>
    kind === 'approval.decided' && actor !== 'holdpoint' ? [] : (ownActs[kind] ?? []),
  )
  if (audited?.own.join() !== own.join())
    faults.push(`the agent's acts are ${own.join()}, audited ${audited?.own.join()}`)
  return faults
}
