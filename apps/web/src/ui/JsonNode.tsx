import { useState, type ReactNode } from 'react'

import { parted } from './jsonSearch'
import { visible } from './visible'
import { Words } from './Words'

interface JsonNodeProps {
  readonly name: string | null
  readonly value: unknown
  readonly depth: number
  readonly open: number
  readonly query: string
  readonly branches: ReadonlySet<object>
}

/** Entries drawn of one object or list before "more". */
const page = 100
const longString = 600

export function JsonNode(props: JsonNodeProps) {
  const { name, value, query } = props
  if (typeof value === 'object' && value !== null) return <Branch {...props} value={value} />
  return (
    <div className="flex min-w-0 gap-1.5">
      {name !== null && <Name name={name} query={query} />}
      <Leaf value={value} query={query} />
    </div>
  )
}

const Name = ({ name, query }: { readonly name: string; readonly query: string }) => (
  <span className="text-muted shrink-0">
    <Marked text={name} query={query} />:
  </span>
)

function Leaf({ value, query }: { readonly value: unknown; readonly query: string }) {
  if (typeof value !== 'string') return <span>{String(value)}</span>
  if (query === '') return <Words text={value} limit={longString} />
  return (
    <span className="wrap-anywhere whitespace-pre-wrap">
      <Marked text={value.slice(0, 20_000)} query={query} />
    </span>
  )
}

function Marked({ text, query }: { readonly text: string; readonly query: string }): ReactNode {
  return parted(visible(text), query).map((part, index) =>
    index % 2 === 1 ? (
      <mark key={index} className="bg-selected text-text outline-accent outline-1">
        {part}
      </mark>
    ) : (
      part
    ),
  )
}

function Branch({
  name,
  value,
  depth,
  open,
  query,
  branches,
}: JsonNodeProps & { readonly value: object }) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  const [shown, setShown] = useState(page)
  const entries: [string, unknown][] = Object.entries(value)
  const list = Array.isArray(value)
  const expanded = chosen ?? (query === '' ? depth < open : branches.has(value))
  if (entries.length === 0) {
    return (
      <div className="flex gap-1.5">
        {name !== null && <Name name={name} query={query} />}
        <span className="text-muted">{list ? '[]' : '{}'}</span>
      </div>
    )
  }
  const size = list ? `[${entries.length}]` : `{${entries.length}}`
  return (
    <div>
      <button
        type="button"
        aria-expanded={expanded}
        onClick={() => setChosen(!expanded)}
        className="hover:bg-raised -ml-1 flex items-baseline gap-1 rounded-mark px-1"
      >
        <span aria-hidden className="text-muted w-2.5 text-center">
          {expanded ? '▾' : '▸'}
        </span>
        {name !== null && <Name name={name} query={query} />}
        <span className="text-muted">{size}</span>
      </button>
      {expanded && (
        <div className="border-line ml-1 border-l pl-3">
          {entries.slice(0, shown).map(([key, child]) => (
            <JsonNode
              key={key}
              name={key}
              value={child}
              depth={depth + 1}
              open={open}
              query={query}
              branches={branches}
            />
          ))}
          {entries.length > shown && (
            <button
              type="button"
              className="text-accent underline"
              onClick={() => setShown(shown + page * 5)}
            >
              {(entries.length - shown).toLocaleString('en')} more
            </button>
          )}
        </div>
      )}
    </div>
  )
}
