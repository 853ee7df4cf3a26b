import { isFinal, stateSince, type Run } from '@holdpoint/protocol'

import { useFleet } from '../live/useLive'
import { ControlTravel } from './ControlTravel'
import { livingBelow } from './family'
import { Judge } from './Judge'
import { RunControls } from './RunControls'
import { RunTitle } from './RunTitle'
import { UnknownOutcomes } from './UnknownOutcomes'
import { useRunControl } from './useRunControl'
import { Why } from './Why'

/** On a phone the controls lie over the page, above the bar of pages. */
const underThumb =
  'bg-bg border-line max-md:fixed max-md:inset-x-0 max-md:bottom-[calc(53px+env(safe-area-inset-bottom))] max-md:z-10 max-md:border-t max-md:p-3'

interface RunHeaderProps {
  readonly run: Run
  readonly activeChildren: number
}

/** Which state, why, what to do next, and the means to do it. */
export function RunHeader({ run, activeChildren }: RunHeaderProps) {
  const control = useRunControl(run)
  return (
    <header className="border-line grid shrink-0 gap-x-8 gap-y-3 border-b px-3 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,36rem)]">
      <div className="flex min-w-0 flex-col gap-1">
        <RunTitle run={run} since={stateSince(run)} />
        <Orphans run={run} read={activeChildren} />
        <Why run={run} />
        <Judge run={run} control={control} />
        <UnknownOutcomes run={run} />
      </div>
      <div className="flex min-w-0 flex-col gap-2 max-md:contents">
        <div className={isFinal(run.status) ? '' : underThumb}>
          <RunControls run={run} activeChildren={activeChildren} control={control} />
        </div>
        <ControlTravel run={run} />
      </div>
    </header>
  )
}

interface OrphansProps {
  readonly run: Run
  /** As it was read last, which may be a while ago for a run that is over. */
  readonly read: number
}

/** A run that is over while what it started goes on: nobody reads what its children will answer. */
function Orphans({ run, read }: OrphansProps) {
  const { runs, truncated } = useFleet()
  if (!isFinal(run.status)) return null
  const living = truncated ? read : livingBelow(run, runs.values())
  if (living === 0) return null
  return (
    <p role="status" className="text-bad font-medium">
      This run {run.status === 'complete' ? 'is complete' : run.status}, but {living} of its{' '}
      {living === 1 ? 'children still runs' : 'children still run'}. See them under Family; each can
      be paused or killed on its own page.
    </p>
  )
}
