import { useMemo } from 'react'

import { jsonDiff, mostChanges, textDiff, type Change } from './jsonDiff'
import { visible } from './visible'
import { Words } from './Words'

interface JsonDiffProps {
  readonly label: string
  readonly before: unknown
  readonly after: unknown
}

const signs = { added: '+', removed: '−', changed: '±' } as const
const longest = 600
/** Characters of what is alike that are shown on either side of a difference. */
const around = 40
/** Values of at most so many characters are read at a glance, one after the other. */
const readAtOnce = 40

/** What differs between two values, path by path. */
export function JsonDiff({ label, before, after }: JsonDiffProps) {
  const changes = useMemo(() => jsonDiff(before, after), [before, after])
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <p className="label flex h-7 items-center">
        {label}: {said(changes.length)}
      </p>
      {changes.length > 0 && (
        <dl className="border-line bg-bg overflow-x-auto rounded-ctl border px-2.5 py-1.5 font-mono text-small">
          {changes.map((change) => (
            <div key={`${change.kind} ${change.path}`} className="flex gap-2 py-0.5">
              <span aria-hidden className="text-muted w-2 shrink-0">
                {signs[change.kind]}
              </span>
              <dt className="text-muted max-w-1/2 shrink-0 wrap-anywhere">
                {change.path === '' ? 'all of it' : visible(change.path)}
                <span className="sr-only"> {change.kind}</span>
              </dt>
              <dd className="min-w-0">
                <Values change={change} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

const said = (count: number): string =>
  count === 0
    ? 'nothing differs'
    : count >= mostChanges
      ? `the first ${mostChanges} differences`
      : `${count} ${count === 1 ? 'difference' : 'differences'}`

const text = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))

function Values({ change }: { readonly change: Change }) {
  switch (change.kind) {
    case 'added':
      return <Words text={text(change.after)} limit={longest} className="font-medium" />
    case 'removed':
      return (
        <del>
          <Words text={text(change.before)} limit={longest} className="text-muted" />
        </del>
      )
    case 'changed':
      return <Changed before={text(change.before)} after={text(change.after)} />
  }
}

function Changed({ before, after }: { readonly before: string; readonly after: string }) {
  const parts = textDiff(before, after)
  const alike = parts.head.length + parts.tail.length
  const short = Math.max(before.length, after.length) <= readAtOnce
  // Two values that have next to nothing in common are read as two, and so are numbers, dates and words.
  if (short || alike < Math.min(before.length, after.length) / 2) {
    return (
      <>
        <del>
          <Words text={before} limit={longest} className="text-muted" />
        </del>
        <span aria-hidden className="text-muted">
          {' → '}
        </span>
        <ins className="no-underline">
          <Words text={after} limit={longest} className="font-medium" />
        </ins>
      </>
    )
  }
  const head = parts.head.length > around ? `…${parts.head.slice(-around)}` : parts.head
  const tail = parts.tail.length > around ? `${parts.tail.slice(0, around)}…` : parts.tail
  return (
    <span className="wrap-anywhere whitespace-pre-wrap">
      {visible(head)}
      {parts.before !== '' && (
        <del className="text-muted">{visible(parts.before.slice(0, longest))}</del>
      )}
      {parts.after !== '' && (
        <ins className="bg-selected font-medium no-underline">
          {visible(parts.after.slice(0, longest))}
        </ins>
      )}
      {visible(tail)}
    </span>
  )
}
