import type { Run } from '@holdpoint/protocol'
import { Suspense, lazy } from 'react'

import { useFleetRun } from '../live/useLive'
import { useRunControl } from '../runs/useRunControl'
import { letGo, type Choice } from './choice'
import { fleetChoice } from './useChoice'
import type { FleetRows } from './useFleetRows'

/** Come with the first selection: the first page does without them. */
const FleetDock = lazy(() => import('./FleetDock'))
const ManyDock = lazy(() => import('./ManyDock'))

interface SelectedProps {
  readonly fleet: FleetRows
  readonly choice: Choice
}

/** What the commands act on: the chosen runs where any are chosen, else the current one. */
export function Selected({ fleet, choice }: SelectedProps) {
  const { current, chosen } = choice
  if (chosen.size > 0) {
    const hidden = [...chosen].filter((id) => !fleet.matches(id)).length
    return (
      <Suspense>
        <ManyDock
          chosen={chosen}
          hidden={hidden}
          clear={() => fleetChoice.set(letGo(fleetChoice.get()))}
        />
      </Suspense>
    )
  }
  const run = current === null ? undefined : fleet.run(current)
  return run === undefined ? null : (
    <SelectedRun key={run.id} run={run} activeChildren={fleet.livingChildren(run.id)} />
  )
}

interface SelectedRunProps {
  readonly run: Run
  readonly activeChildren: number
}

/** Obeys the keys from the moment a run is selected, also while its dock is still on its way. */
function SelectedRun({ run: listed, activeChildren }: SelectedRunProps) {
  const run = useFleetRun(listed.id) ?? listed
  const control = useRunControl(run)
  return (
    <Suspense>
      <FleetDock run={run} activeChildren={activeChildren} control={control} />
    </Suspense>
  )
}
