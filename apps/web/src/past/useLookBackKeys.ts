import { api } from '../app/trpc'
import { databaseClock } from '../live/databaseClock'
import { instantOfMs } from '../time/instant'
import { useHotkeys } from '../ui/useHotkeys'
import { useTravel, usePastPlace } from './usePast'

const present = (): number => databaseClock.now() ?? Date.now()

/** From now into the past, and back; the steps within it come with the scrubber. */
export function useLookBackKeys(): void {
  const place = usePastPlace()
  const travel = useTravel()
  const lastEvent = async () => {
    const now = instantOfMs(present())
    const at = await api.history.step.query({ at: now, direction: 'before' }).catch(() => null)
    travel.to(at ?? now)
  }
  useHotkeys({
    down:
      place === null
        ? { b: () => travel.to(instantOfMs(present())), ',': () => void lastEvent() }
        : { l: travel.live, b: () => document.getElementById('past-time')?.focus() },
  })
}
