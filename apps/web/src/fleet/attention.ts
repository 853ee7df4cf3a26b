import {
  type ApprovalId,
  isFinal,
  runState,
  type Detection,
  type Loop,
  type OpenRequest,
  type Run,
} from '@holdpoint/protocol'

import { asks, type Asking, ofNoted, troubles } from './asking.ts'

interface Told {
  /** Stays the same while it asks: rows are kept in place by it. */
  readonly key: string
  readonly agentId: string
  /** What things must share, beside their agent, to be told in one line. */
  readonly like: string
}

/** One reason why a person should look; a fact of the fleet, not a log entry. */
export type Attention = Told &
  (
    | {
        readonly kind: 'approval'
        readonly trouble: 'approval'
        readonly run: Run
        readonly approval: OpenRequest | null
      }
    | {
        readonly kind: 'run'
        readonly trouble: Asking['trouble']
        readonly run: Run
        /** The same in full, of this one run. */
        readonly what: string
        readonly claim: string | null
        /** Runs started by it that have not ended. */
        readonly children: number
        /** The request that nobody answered in time. */
        readonly request: ApprovalId | null
      }
    | {
        readonly kind: 'isolated'
        readonly trouble: 'stopped'
        readonly run: Run
        readonly runs: number
      }
    | { readonly kind: 'loop'; readonly trouble: 'overdue'; readonly loop: Loop }
  )
export type RunAttention = Extract<Attention, { kind: 'run' }>

function childrenOf(runs: Iterable<Run>): ReadonlyMap<string, number> {
  const living = new Map<string, number>()
  for (const { parentId, status } of runs)
    if (parentId !== null && !isFinal(status)) living.set(parentId, (living.get(parentId) ?? 0) + 1)
  return living
}

function isolations(runs: Iterable<Run>): readonly Attention[] {
  const byAgent = new Map<string, { run: Run; runs: number }>()
  for (const run of runs) {
    if (run.stopReason !== 'ISOLATED') continue
    const held = byAgent.get(run.agentId)
    byAgent.set(run.agentId, { run, runs: (held?.runs ?? 0) + 1 })
  }
  return [...byAgent].map(([agentId, held]) => ({
    kind: 'isolated',
    trouble: 'stopped',
    key: `agent ${agentId}`,
    agentId,
    like: 'isolated',
    ...held,
  }))
}

/** The fleet as it is read for what needs a person; `now` in ms. */
export interface Watched {
  readonly runs: ReadonlyMap<string, Run>
  readonly approvals: readonly OpenRequest[]
  readonly loops: readonly Loop[]
  /** What rules found in runs that go on. */
  readonly noted?: readonly Detection[]
  readonly seen: ReadonlySet<string>
  readonly now: number
}

/** A failure is news for this long (ms), unless someone has opened it. */
const newsMs = 60 * 60_000

/** Old failures, and those someone has opened, ask no more; not while what they started goes on. */
const isNews = (run: Run, { now, seen }: Watched): boolean =>
  !seen.has(run.id) && now - Date.parse(run.statusSince) < newsMs

function ofRuns(fleet: Watched): readonly Attention[] {
  const living = childrenOf(fleet.runs.values())
  // Of several that one run waits for, the most urgent: it stands first.
  const approvalOf = new Map(
    fleet.approvals.toReversed().map((approval) => [approval.runId as string, approval]),
  )
  const notedIn = new Map((fleet.noted ?? []).map((each) => [each.runId as string, each]))
  const items: Attention[] = []
  for (const run of fleet.runs.values()) {
    const { id: key, agentId } = run
    if (runState(run) === 'needs_approval') {
      const approval = approvalOf.get(key) ?? null
      const lacks = approval?.lacksSince ? ', too few people left to say yes' : ''
      const like = approval?.tool ? `${approval.tool}${lacks}` : ''
      items.push({ kind: 'approval', trouble: 'approval', key, agentId, like, run, approval })
      continue
    }
    const noted = isFinal(run.status) ? undefined : notedIn.get(key)
    const asking = asks(run, fleet.now) ?? (noted === undefined ? null : ofNoted(noted))
    const children = living.get(key) ?? 0
    if (asking === null) continue
    if (asking.trouble === 'failed' && children === 0 && !isNews(run, fleet)) continue
    const { ours, ...told } = asking
    const claim = ours === true ? null : run.stopDetail
    const expired = run.stopReason === 'APPROVAL_EXPIRED'
    const request = expired ? (approvalOf.get(key)?.id ?? null) : null
    items.push({ kind: 'run', key, agentId, run, claim, children, request, ...told })
  }
  return items
}

function ofLoop(loop: Loop): Attention {
  const key = `loop ${loop.agentId} ${loop.name}`
  return { kind: 'loop', trouble: 'overdue', key, agentId: loop.agentId, like: 'overdue', loop }
}

/** Ascending: by deadline, else by how long it has waited; a failure by its age. */
export function since(item: Attention): string {
  switch (item.kind) {
    case 'approval':
      return item.approval?.askedAt ?? item.run.statusSince
    case 'loop':
      return item.loop.overdueSince ?? item.loop.declaredAt
    case 'run':
    case 'isolated':
      return item.run.statusSince
  }
}

/** What waits for people who are not there before all; those without a deadline after all that have one. */
const due = (item: Attention): string => {
  if (item.kind !== 'approval') return since(item)
  return item.approval?.lacksSince ? '' : (item.approval?.expiresAt ?? `~${since(item)}`)
}

function byUrgency(a: Attention, b: Attention): number {
  const rank = troubles.indexOf(a.trouble) - troubles.indexOf(b.trouble)
  if (rank !== 0) return rank
  const order = due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : a.key < b.key ? -1 : 1
  return a.trouble === 'failed' ? -order : order
}

/** What needs a person now, most urgent first; of failures the newest first. */
export const attentionOf = (fleet: Watched): readonly Attention[] =>
  [
    ...ofRuns(fleet),
    ...isolations(fleet.runs.values()),
    ...fleet.loops
      .filter(({ overdueSince, trouble }) => overdueSince !== null || trouble !== null)
      .map(ofLoop),
  ].toSorted(byUrgency)
