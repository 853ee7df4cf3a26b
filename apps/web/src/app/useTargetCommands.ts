import { can, runVerbs, type Run, type RunVerb } from '@holdpoint/protocol'
import { useNavigate, useParams } from '@tanstack/react-router'
import { CornerLeftUp, Link, Pause, Play, Square, type LucideIcon } from 'lucide-react'

import { beginBulk } from '../fleet/bulk/beginBulk'
import { runsOf, verbWords } from '../fleet/bulk/words'
import { noneChosen } from '../fleet/choice'
import { copyLink } from '../fleet/copyLink'
import { useChoice } from '../fleet/useChoice'
import { aroundRun } from '../incidents/around'
import { useFleet } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { visible } from '../ui/visible'
import { useBarred } from './useMe'

export interface PaletteCommand {
  readonly word: string
  /** The key that does the same where the palette is closed. */
  readonly hotkey?: string
  readonly icon?: LucideIcon
  readonly act: () => unknown
  /** What is typed made it: it is shown whatever its words are. */
  readonly always?: boolean
}

const keys: Record<RunVerb, string> = { pause: 'P', resume: 'R', kill: 'hold X' }

const icons: Record<RunVerb, LucideIcon> = { pause: Pause, resume: Play, kill: Square }

const nameOf = (run: Run): string => `“${visible(run.goal ?? run.id).slice(0, 48)}”`

const forMany = (ids: readonly string[]): readonly PaletteCommand[] =>
  runVerbs.map((verb) => ({
    word: `${verbWords[verb].verb} ${runsOf(ids.length)}…`,
    hotkey: keys[verb],
    icon: icons[verb],
    act: () => beginBulk(verb, ids),
  }))

/** What can be done to the run that is open, else to the runs that are chosen in the fleet, else to the current one. In the past nothing can be. */
export function useTargetCommands(): readonly PaletteCommand[] {
  const { runId } = useParams({ strict: false })
  const then = usePastInstant()
  const choice = useChoice()
  const { current, chosen } = then === null ? choice : noneChosen(choice)
  const { runs } = useFleet()
  const navigate = useNavigate()
  const ids =
    runId !== undefined ? [runId] : chosen.size > 0 ? [...chosen] : [current ?? ''].filter(Boolean)
  const run = ids.length === 1 ? runs.get(ids[0] ?? '') : undefined
  const barred = useBarred('control', run?.agentId) !== null
  if (ids.length > 1) return barred ? [] : forMany(ids)
  if (run === undefined) return []
  const { parentId } = run
  return [
    ...runVerbs
      .filter((verb) => then === null && !barred && can(verb, run).allowed)
      .map((verb) => ({
        word: `${verbWords[verb].verb} ${nameOf(run)}…`,
        hotkey: keys[verb],
        icon: icons[verb],
        act: () => beginBulk(verb, ids),
      })),
    ...(runId === undefined
      ? [
          {
            word: `Open ${nameOf(run)}`,
            hotkey: 'Enter',
            act: () => navigate({ to: '/runs/$runId', params: { runId: run.id } }),
          },
        ]
      : []),
    ...(parentId === null
      ? []
      : [
          {
            word: 'Open its parent',
            icon: CornerLeftUp,
            ...(runId === undefined && { hotkey: 'U' }),
            act: () => navigate({ to: '/runs/$runId', params: { runId: parentId } }),
          },
        ]),
    {
      word: 'Incident around it',
      act: () => navigate({ to: '/incidents', search: aroundRun(run) }),
    },
    {
      word: 'Copy the link to it',
      icon: Link,
      ...(runId === undefined && { hotkey: 'C' }),
      act: () => copyLink(run.id, then),
    },
  ]
}
