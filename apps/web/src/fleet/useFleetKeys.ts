import type { Run } from '@holdpoint/protocol'
import { useNavigate } from '@tanstack/react-router'

import { usePastInstant } from '../live/useMoment'
import { useHotkeys, type Hotkeys } from '../ui/useHotkeys'
import { all, at, letGo, stepped, toggledRow, type Choice } from './choice'
import { copyLink } from './copyLink'
import type { Placed } from './forest'
import { fleetChoice } from './useChoice'
import type { FleetRows } from './useFleetRows'

interface Keys {
  readonly fleet: FleetRows
  readonly choice: Choice
  readonly run: Run | undefined
  readonly fold: (id: string) => void
}

/** Where → and ← lead in the tree: into it and out of it, folding on the way. */
function sideways(rows: readonly Placed[], current: string | null, folded: FleetRows['folded']) {
  const index = rows.findIndex(({ id }) => id === current)
  const row = rows[index]
  const next = rows[index + 1]
  return {
    foldable: row !== undefined && row.below !== null,
    isFolded: row !== undefined && folded(row),
    parent: row?.under ?? null,
    child: next !== undefined && next.under === row?.id ? next.id : null,
  }
}

/** The keys of the table. Pausing, resuming and killing belong to the docks, which say what they will do. */
export function useFleetKeys({ fleet, choice, run, fold }: Keys): void {
  const navigate = useNavigate()
  const then = usePastInstant()
  const order = () => fleet.rows.map(({ id }) => id)
  const step = (by: 1 | -1, extend = false) => fleetChoice.set(stepped(choice, by, order(), extend))
  const { current } = choice
  const side = () => sideways(fleet.rows, current, fleet.folded)
  const right = () => {
    const { foldable, isFolded, child } = side()
    if (current === null || !foldable) return
    if (isFolded) fold(current)
    else if (child !== null) fleetChoice.set(at(child))
  }
  const left = () => {
    const { foldable, isFolded, parent } = side()
    if (current === null) return
    if (foldable && !isFolded) fold(current)
    else if (parent !== null) fleetChoice.set(at(parent))
  }
  const parentId = run?.parentId ?? null
  const open = (id: string) => void navigate({ to: '/runs/$runId', params: { runId: id } })
  // Rows are chosen for a command, and nothing is commanded in the past.
  const choosing: Hotkeys['down'] =
    then === null
      ? {
          'shift+j': () => step(1, true),
          'shift+arrowdown': () => step(1, true),
          'shift+k': () => step(-1, true),
          'shift+arrowup': () => step(-1, true),
          ' ': current === null ? undefined : () => fleetChoice.set(toggledRow(choice, current)),
          'mod+a': () =>
            fleetChoice.set(
              all(
                choice,
                fleet.matching.map(({ id }) => id),
              ),
            ),
        }
      : {}
  useHotkeys({
    repeat: ['j', 'k', 'arrowdown', 'arrowup'],
    down: {
      j: () => step(1),
      arrowdown: () => step(1),
      k: () => step(-1),
      arrowup: () => step(-1),
      ...choosing,
      arrowright: right,
      arrowleft: left,
      enter: run === undefined ? undefined : () => open(run.id),
      u: parentId === null ? undefined : () => open(parentId),
      c: run === undefined ? undefined : () => copyLink(run.id, then),
      escape: () => fleetChoice.set(letGo(choice)),
    },
  })
}
