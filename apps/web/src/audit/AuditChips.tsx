import { X } from 'lucide-react'

import { dateTime } from '../time/format'
import { isRelative } from '../time/moment'
import { visible } from '../ui/visible'
import { fields, without, type AuditSearch } from './search'

interface AuditChipsProps {
  readonly search: AuditSearch
  readonly set: (search: AuditSearch) => void
}

const spans = { s: 's', m: ' min', h: ' h', d: ' d' } as const

/** `-15m` is "15 min ago". */
const momentWords = (moment: string): string =>
  isRelative(moment)
    ? `${moment.slice(1, -1)}${spans[moment.slice(-1) as keyof typeof spans]} ago`
    : dateTime(Date.parse(moment))

/** What the log is filtered by, each to be taken out again. */
export function AuditChips({ search, set }: AuditChipsProps) {
  const chips = [
    ...fields.flatMap((field) => {
      const value = search[field]
      return value === undefined
        ? []
        : [{ text: `${field}: ${value}`, rest: without(search, field) }]
    }),
    ...(search.late === undefined ? [] : [{ text: 'late', rest: without(search, 'late') }]),
    ...(search.from === undefined
      ? []
      : [{ text: `from ${momentWords(search.from)}`, rest: without(search, 'from') }]),
    ...(search.to === undefined
      ? []
      : [{ text: `to ${momentWords(search.to)}`, rest: without(search, 'to') }]),
  ]
  return chips.map(({ text, rest }) => (
    <button
      key={text}
      type="button"
      onClick={() => set(rest)}
      className="bg-raised hover:text-text flex h-6 max-w-full items-center gap-1 rounded-ctl px-2 text-small max-md:h-9 md:max-w-80"
    >
      <span className="truncate">{visible(text)}</span>
      <X aria-hidden className="text-muted size-3 shrink-0" />
      <span className="sr-only">remove</span>
    </button>
  ))
}
