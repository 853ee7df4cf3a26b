import {
  capabilitiesOf,
  holdLabels,
  runState,
  stopReasonFacts,
  type Approval,
  type Run,
  type StopReason,
} from '@holdpoint/protocol'

/** One reason why a person should look; a fact of the fleet, not a log entry. */
export type Attention =
  | {
      readonly kind: 'approval'
      readonly key: string
      readonly run: Run
      readonly approval: Approval | null
    }
  | {
      readonly kind: 'run'
      readonly key: string
      readonly run: Run
      readonly what: string
      readonly claim: string | null
    }
  | { readonly kind: 'isolated'; readonly key: string; readonly run: Run; readonly runs: number }

/** A failure is news for this long (ms), unless someone has opened it. */
const newsMs = 60 * 60_000
/** A request that its worker has not acknowledged after this long (ms) has gone wrong. */
const unheardMs = 30_000

/** Deliberate acts of a person, and what has its own line, ask for nobody. */
const expected = new Set<StopReason>([
  'USER_PAUSED',
  'USER_KILLED',
  'AWAITING_APPROVAL',
  'ISOLATED',
])

/** A deadline this close (ms) comes before everything else. */
const soonMs = 10 * 60_000

function urgency(item: Attention, now: number): number {
  switch (item.kind) {
    case 'approval': {
      const until = item.approval?.expiresAt ?? null
      if (until === null) return 4
      return Date.parse(until) - now < soonMs ? 0 : 3
    }
    case 'isolated':
      return 5
    case 'run':
      return item.run.status === 'lost' ? 1 : item.run.status === 'failed' ? 6 : 2
  }
}

const deadline = (item: Attention): string =>
  item.kind === 'approval'
    ? (item.approval?.expiresAt ?? item.run.statusSince)
    : item.run.statusSince

function stopped(run: Run): string {
  const reason = run.stopReason
  if (run.status === 'lost') {
    return run.tool === null
      ? 'worker lost, nothing in flight'
      : `worker lost, ${run.tool}${run.toolTarget === null ? '' : ` ${run.toolTarget}`} in flight, outcome unknown`
  }
  if (reason !== null) return stopReasonFacts[reason].label.toLowerCase()
  const [hold] = run.heldBy
  return hold === undefined ? 'paused' : holdLabels[hold]
}

function ofRun(run: Run, now: number, seen: ReadonlySet<string>): Attention | null {
  const item = (what: string): Attention => ({
    kind: 'run',
    key: run.id,
    run,
    what,
    claim: run.stopDetail,
  })
  const state = runState(run)
  if (state === 'needs_approval') return { kind: 'approval', key: run.id, run, approval: null }
  if (run.stopReason === 'ISOLATED') return null
  if (state === 'lost') return item(stopped(run))
  if (state === 'failed')
    return now - Date.parse(run.statusSince) < newsMs && !seen.has(run.id)
      ? item(run.stopReason === null ? 'failed' : `failed: ${stopped(run)}`)
      : null
  if (state === 'paused' && (run.stopReason === null || !expected.has(run.stopReason)))
    return item(stopped(run))
  const { control } = run
  const unheard =
    control !== null &&
    capabilitiesOf(run.engine).delivery === 'observed' &&
    control.acknowledgedAt === null &&
    control.quiescedAt === null &&
    now - Date.parse(control.requestedAt) > unheardMs
  return unheard ? item(`${control.verb} not acknowledged by its worker`) : null
}

function isolations(runs: Iterable<Run>): readonly Attention[] {
  const byAgent = new Map<string, { run: Run; runs: number }>()
  for (const run of runs) {
    if (run.stopReason !== 'ISOLATED') continue
    const held = byAgent.get(run.agentId)
    byAgent.set(run.agentId, { run, runs: (held?.runs ?? 0) + 1 })
  }
  return [...byAgent].map(([agent, held]) => ({ kind: 'isolated', key: `agent ${agent}`, ...held }))
}

/** What needs a person now, most urgent first; by deadline, then by how long it has waited. */
export function attentionOf(
  runs: ReadonlyMap<string, Run>,
  approvals: readonly Approval[],
  now: number,
  seen: ReadonlySet<string>,
): readonly Attention[] {
  const approvalOf = new Map(approvals.map((approval) => [approval.runId as string, approval]))
  const items: Attention[] = [...isolations(runs.values())]
  for (const run of runs.values()) {
    const item = ofRun(run, now, seen)
    if (item === null) continue
    items.push(
      item.kind === 'approval' ? { ...item, approval: approvalOf.get(run.id) ?? null } : item,
    )
  }
  return items.toSorted(
    (a, b) => urgency(a, now) - urgency(b, now) || (deadline(a) < deadline(b) ? -1 : 1),
  )
}

const groupWords = {
  approval: ['approval', 'approvals'],
  lost: ['lost', 'lost'],
  stopped: ['stopped', 'stopped'],
  isolated: ['agent isolated', 'agents isolated'],
  failed: ['failed', 'failed'],
} as const
type Group = keyof typeof groupWords

const groupOf = (item: Attention): Group =>
  item.kind !== 'run'
    ? item.kind
    : item.run.status === 'lost' || item.run.status === 'failed'
      ? item.run.status
      : 'stopped'

/** "4 approvals · 1 lost · 3 stopped": what the number stands for, most urgent first. */
export function breakdown(items: readonly Attention[]): string {
  const counts = new Map<Group, number>()
  for (const item of items) counts.set(groupOf(item), (counts.get(groupOf(item)) ?? 0) + 1)
  return [...counts].map(([group, n]) => `${n} ${groupWords[group][n === 1 ? 0 : 1]}`).join(' · ')
}
