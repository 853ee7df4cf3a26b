import type { Policy } from '@holdpoint/protocol'

import { visible } from '../../ui/visible'
import { SavedMeanwhile } from '../SavedMeanwhile'
import { bothChanged, differing, type FieldChange, type KeptPolicy } from './keptPolicy'
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
    <SavedMeanwhile
      by={policy.createdBy}
      version={policy.version}
      kept={`Below is what it says now; what you had typed over version ${mine.version} is kept.`}
      keepWord="Apply mine again"
      keep={reapply}
      drop={drop}
    >
      <Changes label="What they changed" changes={differing(mine.base, theirs)} />
      <Changes label="What you had typed" changes={differing(mine.base, mine.form)} />
      {both.length > 0 && (
        <p className="text-holding">
          Changed by both: {both.join(', ')}. Applied again, yours takes the place of theirs.
        </p>
      )}
    </SavedMeanwhile>
  )
}

interface ChangesProps {
  readonly label: string
  readonly changes: readonly FieldChange[]
}

const Changes = ({ label, changes }: ChangesProps) => (
  <section aria-label={label}>
    <p className="label">
      {label}
      {changes.length === 0 && ': nothing that this form shows'}
    </p>
    <dl>
      {changes.map(({ name, before, after }) => (
        <div key={name} className="flex flex-wrap gap-x-3">
          <dt className="text-muted w-44 shrink-0">{name}</dt>
          <dd className="min-w-0 wrap-anywhere whitespace-pre-wrap">
            <del className="text-muted">{visible(before === '' ? 'nothing' : before)}</del>
            <span aria-hidden className="text-muted">
              {' → '}
            </span>
            <ins className="font-medium no-underline">
              {visible(after === '' ? 'nothing' : after)}
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  </section>
)
