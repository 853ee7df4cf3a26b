import { spokenActor } from '@holdpoint/protocol'

import { Button } from '../ui/Button'
import { visible } from '../ui/visible'
import { bothChanged, differing, type FieldChange, type Fields } from './fieldChanges'

interface OvertakenProps {
  readonly by: string
  readonly version: number
  /** The version that was typed over, what it said, and what was made of it. */
  readonly over: number
  readonly base: Fields
  readonly mine: Fields
  /** As it was saved meanwhile. */
  readonly theirs: Fields
  readonly apply: () => void
  readonly drop: () => void
}

/** Whoever had scrolled past it, or typed in a field that takes nothing more, is taken to it. */
const comeForward = (section: HTMLElement | null) => {
  section?.focus({ preventScroll: true })
  section?.scrollIntoView({ block: 'nearest' })
}

/** Somebody saved another version while this one was typed over: what they changed, what was typed, and what to do. */
export function Overtaken({ by, version, over, base, mine, theirs, apply, drop }: OvertakenProps) {
  const both = bothChanged(base, mine, theirs)
  return (
    <section
      ref={comeForward}
      aria-label="Saved meanwhile"
      tabIndex={-1}
      className="border-holding bg-raised focus-visible:border-transparent flex scroll-my-3 flex-col gap-3 rounded-ctl border p-3"
    >
      <div role="status">
        <p className="font-medium">
          {visible(spokenActor(by))} saved version {version} meanwhile.
        </p>
        <p className="text-muted">
          The form shows version {version}. What you typed over{' '}
          {over === 0 ? 'none' : `version ${over}`} is kept.
        </p>
      </div>
      <Changes label="What they changed" changes={differing(base, theirs)} />
      <Changes label="What you typed" changes={differing(base, mine)} />
      {both.length > 0 && (
        <p className="text-holding">
          Changed by both: {both.join(', ')}. Apply mine again puts yours in the place of theirs.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="thumb" look="strong" onClick={apply}>
          Apply mine again
        </Button>
        <Button size="thumb" onClick={drop}>
          Drop mine
        </Button>
      </div>
    </section>
  )
}

interface ChangesProps {
  readonly label: string
  readonly changes: readonly FieldChange[]
}

const Changes = ({ label, changes }: ChangesProps) => (
  <section aria-label={label}>
    <p className="label mb-0.5">
      {label}
      {changes.length === 0 && ': nothing that this form shows'}
    </p>
    <dl className="flex flex-col gap-0.5">
      {changes.map(({ name, before, after }) => (
        <div key={name} className="md:grid md:grid-cols-[11rem_minmax(0,1fr)] md:gap-x-3">
          <dt className="text-muted">{visible(name)}</dt>
          <dd className="max-h-40 min-w-0 overflow-y-auto wrap-anywhere whitespace-pre-wrap">
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
