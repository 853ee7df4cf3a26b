import { Button } from '../../ui/Button'
import { bulk, useBulk, useBulkShown } from './bulk'
import { runsOf, verbWords } from './words'

/** A command that was left is still under way, or its results wait to be read. */
export default function BulkNote() {
  const state = useBulk()
  const shown = useBulkShown()
  if (shown || (state.phase !== 'acting' && state.phase !== 'done')) return null
  const { results, ids, verb } = state
  const refused = results.filter(({ outcome }) => outcome === 'refused').length
  const { doing, done } = verbWords[verb]
  return (
    <p
      role="status"
      className="border-line bg-surface flex shrink-0 items-center gap-3 border-t px-3 py-1.5"
    >
      <span>
        {state.phase === 'acting'
          ? `${doing}: ${results.length} of ${runsOf(ids.length)}`
          : `${runsOf(results.length - refused)} ${done}${refused > 0 ? `, ${refused} refused` : ''}`}
      </span>
      <Button className="h-6" onClick={bulk.show}>
        {state.phase === 'acting' ? 'Show' : 'Results'}
      </Button>
    </p>
  )
}
