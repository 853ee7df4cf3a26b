import { History } from 'lucide-react'

import { told } from '../errors/told'
import { readInstant, thenWords } from '../time/instant'
import { Button } from '../ui/Button'
import { retryPast, type PastState } from './state'
import { usePastState, useTravel } from './usePast'

const wordsOf = (at: string): string => {
  const instant = readInstant(at)
  return instant === null ? 'no instant' : thenWords(Date.parse(instant))
}

/** Of what is shown, which may be earlier than what is wanted: it is never said to be what it is not. */
function sentence({ shown, wanted, never }: PastState): string {
  if (never !== null) return 'Nothing to look at'
  if (shown !== null) return `Looking at ${wordsOf(shown.moment.at)}`
  return wanted === null ? 'Looking back' : `Looking for ${wordsOf(wanted)}`
}

/** In the place of how fresh the page is: that it stands still, at what, and the way back to now. */
export default function PastBar() {
  const state = usePastState()
  const { wanted, shown, asking, problem } = state
  const travel = useTravel()
  const onTheWay = asking && wanted !== null && wanted !== shown?.moment.at
  return (
    <div
      data-testid="past"
      className="flex min-w-0 items-center gap-x-3 gap-y-1 max-md:order-last max-md:basis-full max-md:flex-wrap max-md:pb-2"
    >
      <span role="status" className="flex min-w-0 items-center gap-1.5 font-medium">
        <History aria-hidden className="text-accent size-3.5 shrink-0" />
        <span className="whitespace-nowrap">{sentence(state)}</span>
      </span>
      {onTheWay && shown !== null && (
        <span className="text-muted late truncate">reading {wordsOf(wanted)}…</span>
      )}
      {problem !== null && wanted !== null && (
        <span role="alert" className="text-bad flex min-w-0 items-center gap-2">
          <span className="truncate" title={told(problem, 'read').happened}>
            {wordsOf(wanted)} could not be read
          </span>
          <button type="button" className="underline max-md:py-2" onClick={retryPast}>
            Try again
          </button>
        </span>
      )}
      <Button look="strong" hotkey="L" className="max-md:ml-auto max-md:h-9" onClick={travel.live}>
        Go live
      </Button>
    </div>
  )
}
