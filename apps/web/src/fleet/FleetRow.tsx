import { isFinal, runState, stopReasonFacts, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import { GitFork } from 'lucide-react'
import { memo } from 'react'

import { useFleetRun } from '../live/useLive'
import { Spend } from '../runs/Spend'
import { StateLabel } from '../runs/StateMark'
import { Ago, Elapsed } from '../time/Ticking'
import { Flash } from '../ui/Flash'
import { visible } from '../ui/visible'
import { columns, onlyWide } from './columns'

interface FleetRowProps {
  readonly run: Run
  readonly index: number
  readonly top: number
  readonly selected: boolean
  readonly activeChildren: number
}

/** Follows its own run, so that a change is drawn without waiting for the table. */
export const FleetRow = memo(function FleetRow(props: FleetRowProps) {
  const { index, top, selected, activeChildren } = props
  const run = useFleetRun(props.run.id) ?? props.run
  const state = runState(run)
  const over = isFinal(run.status)
  return (
    <div
      role="row"
      id={`run-${run.id}`}
      data-run={run.id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      className={`${columns} border-line absolute inset-x-0 top-0 h-15 items-center border-b md:h-8 max-md:grid max-md:grid-cols-[1fr_auto]
        max-md:content-center max-md:gap-y-0.5 ${selected ? 'bg-selected' : 'hover:bg-raised'}`}
    >
      <span role="gridcell" className="min-w-0 truncate max-md:order-1">
        <Flash on={state} className="block">
          <StateLabel state={state} />
        </Flash>
      </span>
      <span role="gridcell" className="truncate max-md:hidden">
        {run.agentId}
        {run.skill !== null && <Skill run={run} />}
      </span>
      <span
        role="gridcell"
        className={`flex min-w-0 items-center gap-1.5 max-md:order-3 ${over ? 'text-muted' : ''}`}
      >
        {run.parentId !== null && (
          <span className="text-muted" title="Started by another run">
            └<span className="sr-only">child run</span>
          </span>
        )}
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          tabIndex={-1}
          className="truncate after:absolute after:inset-0 md:after:hidden md:hover:underline"
        >
          <span className="md:hidden">{run.agentId} · </span>
          {visible(run.goal ?? run.step ?? run.id)}
        </Link>
        {activeChildren > 0 && (
          <span
            className="text-muted flex shrink-0 items-center gap-0.5"
            title="Child runs that have not ended"
          >
            <GitFork aria-hidden className="size-3" />
            {activeChildren}
            <span className="sr-only">child runs</span>
          </span>
        )}
      </span>
      <span role="gridcell" className={`text-muted truncate max-md:hidden ${onlyWide}`}>
        <Flash on={run.step}>{visible(run.step ?? '–')}</Flash>
      </span>
      <span
        role="gridcell"
        className="min-w-0 truncate max-md:order-4 max-md:max-w-36 max-md:text-right"
      >
        <Flash
          on={run.toolSince ?? run.stopReason}
          className="inline-block max-w-full truncate align-middle"
        >
          <Now run={run} />
        </Flash>
      </span>
      <span role="gridcell" className="flex min-w-0 justify-end truncate max-md:hidden">
        <Spend run={run} />
      </span>
      <span role="gridcell" className="text-muted truncate text-right max-md:order-2">
        <Ago at={run.lastEvent.at} />
      </span>
    </div>
  )
})

const Skill = ({ run }: { readonly run: Run }) => (
  <span className="text-muted">
    {' '}
    · {visible(run.skill ?? '')}
    {run.skillVersion !== null && ` v${run.skillVersion}`}
  </span>
)

/** What it does now, with the clock on it; or what it waits for; or why it stopped. */
function Now({ run }: { readonly run: Run }) {
  if (run.tool !== null && run.toolSince !== null) {
    return (
      <span className="flex min-w-0 gap-1.5">
        <span className="truncate font-mono text-small leading-5">{visible(run.tool)}</span>
        <span className="text-muted shrink-0">
          <Elapsed since={run.toolSince} />
        </span>
      </span>
    )
  }
  // A run that was stopped while it waited is stopped.
  if (run.stopReason !== null) return stopReasonFacts[run.stopReason].label
  if (run.waitingOn !== null) {
    return (
      <span className="text-muted">
        {run.waitingOn.kind}
        {run.waitingOn.what !== null && ` · ${run.waitingOn.what}`}
      </span>
    )
  }
  if (run.stopDetail !== null) return visible(run.stopDetail)
  if (run.status === 'failed') return <span className="text-muted">it gave no reason</span>
  return <span className="text-muted max-md:hidden">–</span>
}
