import { usePastInstant } from '../live/useMoment'
import { thenWords } from '../time/instant'
import { useTravel } from './usePast'

/** In the place of every control: nothing can be commanded from the past. */
export function PastSentence() {
  const at = usePastInstant()
  const travel = useTravel()
  if (at === null) return null
  return (
    <p className="text-muted text-small" data-testid="past-sentence">
      <span className="max-md:sr-only">Looking at {thenWords(Date.parse(at))}: </span>
      <span className="max-md:inline-block max-md:first-letter:uppercase">
        nothing can be commanded from here.
      </span>{' '}
      <button type="button" className="text-accent underline max-md:hidden" onClick={travel.live}>
        Go live
      </button>
    </p>
  )
}
