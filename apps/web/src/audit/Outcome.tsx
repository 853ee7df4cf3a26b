import { type ActionOutcome, spokenActor } from '@holdpoint/protocol'

import { actionLook } from '../runs/actionFacts'
import { toneText } from '../runs/stateLook'
import { visible } from '../ui/visible'
import { preciseDateTime } from './times'

/** What became of the action that a row began. The row says that it began; this is the ledger's word, as it is now. */
export function Outcome({ outcome }: { readonly outcome: ActionOutcome }) {
  const { state, endedAt, error, settledBy } = outcome
  const { word, tone } = actionLook[state]
  return (
    <section aria-label="What became of it" className="flex flex-col gap-1">
      <h3 className="label font-normal">What became of it, as the ledger has it now</h3>
      <p>
        <span className={toneText[tone]}>{word}</span>
        {endedAt !== null && (
          <time dateTime={endedAt} className="text-muted ml-2 font-mono text-small">
            {preciseDateTime(Date.parse(endedAt))}
          </time>
        )}
        {settledBy !== null && (
          <span className="text-muted ml-2">said by {visible(spokenActor(settledBy))}</span>
        )}
      </p>
      {error !== null && (
        <p className="font-mono text-small wrap-anywhere">
          <span className="label font-sans">The agent says: </span>
          {visible(error)}
        </p>
      )}
    </section>
  )
}
