import { useTravel } from './usePast'

/** A step or an action is kept as it is now; as of then only its events tell of it. */
export function PastDetail() {
  const travel = useTravel()
  return (
    <div className="text-muted flex flex-col items-start gap-2">
      <p>
        How this was then is told by its events: they stand in the list. What was sent and what came
        back is kept as it is now.
      </p>
      <button type="button" className="text-accent underline max-md:min-h-11" onClick={travel.live}>
        Go live to see it
      </button>
    </div>
  )
}
