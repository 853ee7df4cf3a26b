import { stopReasonFacts, type Run } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { Spend } from '../runs/Spend'
import { compact, usd } from '../time/format'
import { visible } from '../ui/visible'
import { Clock } from './Clock'
import type { ColumnId } from './columnIds'
import { DriftCell } from './DriftCell'
import { Lit } from './Lit'
import { NowCell } from './NowCell'
import { RunStateCell } from './RunStateCell'

const nothing = <span className="text-muted">–</span>
const text = (value: string | null) => (value === null ? nothing : visible(value))
const quiet = (value: ReactNode) => <span className="text-muted">{value}</span>

/** What each column says of a run. */
export const cells: Record<ColumnId, (run: Run) => ReactNode> = {
  state: (run) => <RunStateCell run={run} />,
  agent: (run) => (
    <>
      {visible(run.agentId)}
      {run.skill !== null &&
        quiet(
          <>
            {' '}
            · {visible(run.skill)}
            {run.skillVersion !== null && ` v${run.skillVersion}`}
          </>,
        )}
    </>
  ),
  goal: (run) => visible(run.goal ?? run.step ?? run.id),
  step: (run) => quiet(<Lit on={run.step}>{text(run.step)}</Lit>),
  tool: (run) => (
    <Lit on={run.toolSince ?? run.stopReason} className="block max-w-fit min-w-0">
      <NowCell run={run} />
    </Lit>
  ),
  spend: (run) => <Spend run={run} />,
  event: (run) => quiet(<Clock since={run.lastEvent.at} word="ago" />),
  id: (run) => <span className="font-mono text-small">{run.id.slice(0, 8)}</span>,
  reason: (run) => (run.stopReason === null ? nothing : stopReasonFacts[run.stopReason].label),
  started: (run) => quiet(<Clock since={run.createdAt} word="ago" />),
  steps: (run) => run.steps,
  drift: (run) => <DriftCell run={run} />,
  limits: (run) => limitsOf(run) ?? nothing,
  version: (run) => text(run.skillVersion),
  labels: (run) => {
    const labels = Object.entries(run.labels).map(([name, value]) => `${name}=${value}`)
    return labels.length === 0 ? nothing : quiet(visible(labels.join(' ')))
  },
  loop: (run) => text(run.loop),
  worker: (run) => <span className="font-mono text-small">{text(run.worker)}</span>,
  epoch: (run) => quiet(run.epoch),
}

function limitsOf({ limits }: Run): string | null {
  const parts = [
    limits.costUsd === null ? null : usd(limits.costUsd),
    limits.tokens === null ? null : `${compact(limits.tokens)} tok`,
    limits.steps === null ? null : `${limits.steps} steps`,
    limits.deadline === null ? null : `by ${limits.deadline.slice(0, 16).replace('T', ' ')}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}
