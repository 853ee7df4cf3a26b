import { Button } from '../../ui/Button'
import { bulk } from './bulk'
import type { ActingState } from './bulkJob'
import { verbWords } from './words'

/** How far it is; may be left. */
export function BulkProgress({ state }: { readonly state: ActingState }) {
  const { ids, results, verb } = state
  const refused = results.filter(({ outcome }) => outcome === 'refused').length
  return (
    <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
      <div
        role="progressbar"
        aria-label={verbWords[verb].doing}
        aria-valuemin={0}
        aria-valuemax={ids.length}
        aria-valuenow={results.length}
        className="bg-line h-1 overflow-hidden rounded-full"
      >
        <div
          className="bg-accent h-full origin-left"
          style={{ transform: `scaleX(${results.length / ids.length})` }}
        />
      </div>
      <p>
        {results.length.toLocaleString('en')} of {ids.length.toLocaleString('en')} answered
        {refused > 0 && `, ${refused} refused`}.
      </p>
      <div className="flex items-center gap-3">
        <Button onClick={bulk.leave}>Leave it</Button>
        <span className="text-muted">
          It goes on while this tab is open; a note at the foot of the fleet says how far.
        </span>
      </div>
    </div>
  )
}
