import { type Policy, shortActor } from '@holdpoint/protocol'

import { Button } from '../../ui/Button'
import { JsonDiff } from '../../ui/JsonDiff'
import { visible } from '../../ui/visible'
import { bothChanged, differing, type KeptPolicy } from './keptPolicy'
import { formOf } from './policyForm'

interface OvertakenProps {
  /** As it was saved meanwhile. */
  readonly policy: Policy
  readonly mine: KeptPolicy
  readonly reapply: () => void
  readonly drop: () => void
}

/** Somebody saved another version while this one was typed over: what they changed, what was typed, and what to do. */
export function Overtaken({ policy, mine, reapply, drop }: OvertakenProps) {
  const theirs = formOf(policy)
  const both = bothChanged(mine, theirs)
  return (
    <section
      aria-label="Saved meanwhile"
      className="border-line bg-raised flex flex-col gap-2 rounded-ctl border p-3"
    >
      <p role="status" className="font-medium">
        {visible(shortActor(policy.createdBy))} saved version {policy.version} meanwhile. Below is
        what it says now; what you had typed over version {mine.version} is kept.
      </p>
      <JsonDiff label="What they changed" {...differing(mine.base, theirs)} />
      <JsonDiff label="What you had typed" {...differing(mine.base, mine.form)} />
      {both.length > 0 && (
        <p className="text-holding">
          Changed by both: {both.join(', ')}. Applied again, yours takes the place of theirs.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="thumb" look="strong" onClick={reapply}>
          Apply mine again
        </Button>
        <Button size="thumb" onClick={drop}>
          Drop mine
        </Button>
      </div>
    </section>
  )
}
