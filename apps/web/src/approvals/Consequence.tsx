import type { Approval, Consequence as Claimed } from '@holdpoint/protocol'

import { JsonDiff } from '../ui/JsonDiff'
import { JsonView } from '../ui/JsonView'
import { ClaimMark, Words } from '../ui/Words'

const isClaim = (value: unknown): value is Claimed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the agent says will change: its claim, whatever its shape. */
export function Consequence({ approval }: { readonly approval: Approval }) {
  const { consequence } = approval
  if (consequence === null || consequence === undefined) return null
  const known = isClaim(consequence) && ('before' in consequence || 'after' in consequence)
  return (
    <section aria-label="What it changes" className="flex flex-col gap-1">
      <h3 className="label font-normal">
        What it changes
        {isClaim(consequence) &&
          typeof consequence.rows === 'number' &&
          `: ${counted(consequence.rows)}`}{' '}
        <ClaimMark />
      </h3>
      {isClaim(consequence) && typeof consequence.note === 'string' && (
        <p>
          <Words text={consequence.note} limit={600} />
        </p>
      )}
      {known ? (
        <JsonDiff
          label="Before and after"
          before={consequence.before ?? null}
          after={consequence.after ?? null}
        />
      ) : (
        <JsonView label="As the agent put it" value={consequence} open={3} />
      )}
    </section>
  )
}

const counted = (rows: number): string => `${rows.toLocaleString()} ${rows === 1 ? 'row' : 'rows'}`
