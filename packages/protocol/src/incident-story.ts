import type { Instant } from './run.ts'
import type {
  IncidentApproval,
  IncidentOperatorAction,
  IncidentStop,
  IncidentSummary,
} from './time-travel.ts'

/** One thing that happened in a window. */
export type Chapter = { readonly at: Instant } & (
  | { readonly kind: 'stop'; readonly stop: IncidentStop }
  | { readonly kind: 'asked'; readonly approval: IncidentApproval }
  | { readonly kind: 'decided'; readonly approval: IncidentApproval }
  | { readonly kind: 'act'; readonly act: IncidentOperatorAction }
)

type Facts = Pick<IncidentSummary, 'from' | 'stopped' | 'approvals' | 'operatorActions'>

/** An event and the audit row of the same act are of one transaction, by clocks a little apart (ms). */
const sameActMs = 2000
const near = (a: Instant, b: Instant): boolean =>
  Math.abs(Date.parse(a) - Date.parse(b)) <= sameActMs

/** What happened, told once each, in the order of time: stops, requests and their answers, and what people did. */
export function storyOf(facts: Facts): readonly Chapter[] {
  return [...stops(facts), ...answers(facts), ...acts(facts)].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  )
}

/** A run that paused in order to ask is told by what it asks. */
export const onlyAsked = (
  { run, reason }: Pick<IncidentStop, 'run' | 'reason'>,
  approvals: readonly IncidentApproval[],
): boolean => reason === 'AWAITING_APPROVAL' && approvals.some(({ runId }) => runId === run.id)

const stops = ({ stopped, approvals }: Facts): Chapter[] =>
  stopped
    .filter((stop) => !onlyAsked(stop, approvals))
    .map((stop) => ({ kind: 'stop', at: stop.at, stop }))

const answers = ({ approvals, from }: Facts): Chapter[] =>
  approvals.flatMap((approval): Chapter[] => {
    const { requestedAt, decidedAt } = approval
    const before = requestedAt === null || Date.parse(requestedAt) < Date.parse(from)
    return [
      ...(before ? [] : [{ kind: 'asked' as const, at: requestedAt, approval }]),
      ...(decidedAt === null ? [] : [{ kind: 'decided' as const, at: decidedAt, approval }]),
    ]
  })

const stopping: ReadonlySet<string> = new Set(['run.pause', 'run.kill', 'run.isolate'])

/** But for what is told already: a stop by the one who stopped it, an answer to a request. */
const acts = ({ operatorActions, stopped, approvals }: Facts): Chapter[] =>
  operatorActions
    .filter(({ at, action, runId }) => {
      if (stopping.has(action))
        return !stopped.some((stop) => stop.run.id === runId && near(stop.at, at))
      const answer = (asked: IncidentApproval): boolean =>
        asked.runId === runId && asked.decidedAt !== null && near(asked.decidedAt, at)
      return !(action.startsWith('approval.') && approvals.some(answer))
    })
    .map((act) => ({ kind: 'act', at: act.at, act }))
