import type { PaletteCommand } from '../app/useTargetCommands'
import { instantOfMs, thenWords, typedInstant } from '../time/instant'
import { usePastPlace, useTravel } from './usePast'
import { usePresent } from './usePresent'

const hour = 3_600_000

/** "look back yesterday 03:12" and "yesterday 03:12" are the same wish. */
const timeOf = (typed: string): string => typed.replace(/^look back:?\s*/i, '')

/** Into the past, to a time that is typed, and back to now. */
export function useLookBackCommands(typed: string): readonly PaletteCommand[] {
  const place = usePastPlace()
  const travel = useTravel()
  const { ms: now } = usePresent()
  const at = typedInstant(timeOf(typed), now)
  const yesterday = now - 24 * hour
  const to = (ms: number) => () => travel.to(instantOfMs(ms))
  return [
    ...(at === null
      ? []
      : [{ word: `Look back: ${thenWords(at, now)}`, act: to(at), always: true }]),
    ...(place === null ? [] : [{ word: 'Go live', hotkey: 'L', act: travel.live }]),
    { word: 'Look back…', hotkey: 'B', act: to(now) },
    { word: 'Look back: 15 minutes ago', act: to(now - hour / 4) },
    { word: 'Look back: an hour ago', act: to(now - hour) },
    {
      word: `Look back: yesterday ${thenWords(yesterday, now).slice(0, 5)}`,
      act: to(yesterday),
    },
  ]
}
