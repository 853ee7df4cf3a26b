import { runState, type Run, type RunChange } from '@holdpoint/protocol'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'

import { stateLook } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { useHotkeys } from '../ui/useHotkeys'
import { visible } from '../ui/visible'
import { fieldChanges, type FieldChange } from './runChange'

interface ChangeListProps {
  readonly rows: readonly RunChange[]
  readonly from: string
  readonly to: string
}

export function ChangeList({ rows, from, to }: ChangeListProps) {
  const [current, setCurrent] = useState<string | null>(null)
  const navigate = useNavigate()
  const list = useRef<HTMLUListElement>(null)
  const index = rows.findIndex(({ after }) => after.id === current)
  const step = (by: 1 | -1) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))]
    if (next !== undefined) setCurrent(next.after.id)
  }
  const open = (at: string) => {
    if (current !== null)
      void navigate({ to: '/runs/$runId', params: { runId: current }, search: { at } })
  }
  useHotkeys({
    repeat: ['j', 'k', 'arrowdown', 'arrowup'],
    down: {
      j: () => step(1),
      arrowdown: () => step(1),
      k: () => step(-1),
      arrowup: () => step(-1),
      enter: () => open(to),
      'shift+enter': () => open(from),
      escape: () => setCurrent(null),
    },
  })
  useEffect(() => {
    if (current !== null)
      list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  return (
    <ul
      ref={list}
      aria-label="Runs that changed"
      className="min-h-0 flex-1 overflow-y-auto max-md:flex-none max-md:overflow-visible"
    >
      {rows.map((change) => (
        <ChangeRow
          key={change.after.id}
          change={change}
          from={from}
          to={to}
          current={change.after.id === current}
        />
      ))}
    </ul>
  )
}

interface ChangeRowProps {
  readonly change: RunChange
  readonly from: string
  readonly to: string
  readonly current: boolean
}

/** Who it is, then each field before and after; each side is the link to the run as it was there. */
function ChangeRow({ change, from, to, current }: ChangeRowProps) {
  const { before, after } = change
  const fields = fieldChanges(change).filter(({ field }) => field !== 'State')
  return (
    <li
      aria-current={current ? 'true' : undefined}
      className={`border-line grid gap-x-4 gap-y-1 border-b px-3 py-1.5 [content-visibility:auto] [contain-intrinsic-height:auto_44px] md:grid-cols-[19rem_minmax(0,1fr)]
        ${current ? 'bg-selected' : 'hover:bg-raised'}`}
    >
      <div className="flex min-w-0 flex-wrap items-center gap-x-1.5 self-start">
        {before === null ? (
          <span className="text-muted">not begun</span>
        ) : (
          <Side run={before} at={from} word="Before" />
        )}
        <span aria-hidden className="text-muted">
          →
        </span>
        <span className="sr-only">then</span>
        <Side run={after} at={to} word="After" />
      </div>
      <div className="flex min-w-0 flex-col">
        <p className="truncate">
          <span className="font-medium">{visible(after.agentId)}</span>
          <span className="text-muted"> · {visible(after.goal ?? after.id)}</span>
        </p>
        {fields.length > 0 && (
          <dl className="flex flex-wrap gap-x-4">
            {fields.map((field) => (
              <Field key={field.field} {...field} />
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}

interface SideProps {
  readonly run: Run
  readonly at: string
  readonly word: string
}

const Side = ({ run, at, word }: SideProps) => (
  <Link
    to="/runs/$runId"
    params={{ runId: run.id }}
    search={{ at }}
    title={`${word}: the run at that instant`}
    className="flex items-center gap-1.5 underline-offset-2 hover:underline max-md:min-h-9"
  >
    <StateMark state={runState(run)} />
    {stateLook[runState(run)].word}
  </Link>
)

const shownText = 120
const short = (text: string | null): string =>
  text === null ? '–' : visible(text.length > shownText ? `${text.slice(0, shownText)}…` : text)

const Field = ({ field, before, after }: FieldChange) => (
  <div className="flex min-w-0 items-baseline gap-1.5">
    <dt className="label">{field}</dt>
    <dd className="min-w-0">
      {before !== null && <span className="text-muted">{short(before)} </span>}
      <span aria-hidden className="text-muted">
        →{' '}
      </span>
      {short(after)}
    </dd>
  </div>
)
