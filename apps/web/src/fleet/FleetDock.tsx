import type { Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { ControlTravel } from '../runs/ControlTravel'
import { RunControls } from '../runs/RunControls'
import { SelectedRun } from '../runs/SelectedRun'
import type { RunControl } from '../runs/useRunControl'
import { visible } from '../ui/visible'
import { nowWords } from './nowWords'

interface FleetDockProps {
  readonly run: Run
  readonly activeChildren: number
  readonly control: RunControl
}

/** The selected run's controls, under the table and never over it. */
export default function FleetDock({ run, activeChildren, control }: FleetDockProps) {
  const words = nowWords(run)
  const now = words === null ? null : visible(words)
  return (
    <section
      aria-label="Selected run"
      className="border-line bg-surface grid shrink-0 gap-x-6 gap-y-2 border-t px-3 py-2 max-md:hidden lg:grid-cols-[minmax(0,1fr)_minmax(0,38rem)]"
    >
      <div className="flex min-w-0 flex-col gap-1">
        <p className="flex min-h-7 min-w-0 items-center gap-2">
          <SelectedRun run={run} />
        </p>
        {now !== null && (
          <p className="text-muted line-clamp-3 wrap-anywhere" title={now}>
            {now}
            {run.heldBy.includes('approval') && (
              <Link to="/approvals" search={{ run: run.id }} className="text-accent ml-2 underline">
                Review it
              </Link>
            )}
          </p>
        )}
        <ControlTravel run={run} />
      </div>
      <RunControls run={run} activeChildren={activeChildren} control={control} />
    </section>
  )
}
