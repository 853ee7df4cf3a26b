import type { Run, RunVerb } from '@holdpoint/protocol'
import { Suspense, lazy } from 'react'

import { useBarred } from '../app/useMe'
import { useFleetRun } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { useRunControl } from '../runs/useRunControl'
import { useHold } from '../ui/useHold'
import { useHotkeys } from '../ui/useHotkeys'
import { beginBulk } from './bulk/beginBulk'
import { letGo, type Choice } from './choice'
import { fleetChoice } from './useChoice'
import { useFleetKeys } from './useFleetKeys'
import type { FleetRows } from './useFleetRows'

/** Come with the first selection: the first page does without them. */
const FleetDock = lazy(() => import('./FleetDock'))
const ManyDock = lazy(() => import('./ManyDock'))
const PastDock = lazy(() => import('../past/PastDock'))

interface SelectedProps {
  readonly fleet: FleetRows
  readonly choice: Choice
  readonly fold: (id: string) => void
}

/** The keys of the table, and what the commands act on: the chosen runs where any are, else the current one. */
export default function Selected({ fleet, choice, fold }: SelectedProps) {
  const { current, chosen } = choice
  const then = usePastInstant()
  const run = current === null ? undefined : fleet.run(current)
  useFleetKeys({ fleet, choice, run, fold })
  if (then !== null)
    return run === undefined ? null : (
      <Suspense>
        <PastDock run={run} />
      </Suspense>
    )
  if (chosen.size > 0) return <SelectedRuns fleet={fleet} chosen={chosen} />
  return run === undefined ? null : (
    <SelectedRun key={run.id} run={run} activeChildren={fleet.livingChildren(run.id)} />
  )
}

interface SelectedRunsProps {
  readonly fleet: FleetRows
  readonly chosen: ReadonlySet<string>
}

/** Obeys the keys from the moment runs are chosen, also while their dock is still on its way. */
function SelectedRuns({ fleet, chosen }: SelectedRunsProps) {
  const barred = useBarred('control')
  const begin = (verb: RunVerb) => {
    if (barred === null) void beginBulk(verb, [...chosen])
  }
  const hold = useHold(() => begin('kill'))
  useHotkeys({
    down: { p: () => begin('pause'), r: () => begin('resume'), x: hold.start },
    up: { x: hold.cancel },
  })
  const hidden = [...chosen].filter((id) => !fleet.matches(id)).length
  return (
    <Suspense>
      <ManyDock
        count={chosen.size}
        hidden={hidden}
        begin={begin}
        barred={barred}
        holding={hold.holding}
        clear={() => fleetChoice.set(letGo(fleetChoice.get()))}
      />
    </Suspense>
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
