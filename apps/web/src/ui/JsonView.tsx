import { useMemo, useState } from 'react'

import { JsonNode } from './JsonNode'
import { branchesWith } from './jsonSearch'

interface JsonViewProps {
  readonly value: unknown
  readonly label: string
  /** Levels that are open at first. */
  readonly open?: number
}

/** A value as a tree: collapsible, searchable, copied whole. Large values draw only what is open. */
export function JsonView({ value, label, open = 2 }: JsonViewProps) {
  const [typed, setTyped] = useState('')
  const query = typed.trim().toLowerCase()
  const branches = useMemo(() => branchesWith(value, query), [value, query])
  const tree = typeof value === 'object' && value !== null
  const whole = () => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <div className="flex h-7 items-center gap-2">
        <span className="label grow">{label}</span>
        {tree && (
          <input
            aria-label={`Find in ${label}`}
            placeholder="Find"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="border-line bg-bg placeholder:text-muted h-6 w-24 rounded-ctl border px-1.5 text-small"
          />
        )}
        <CopyButton text={whole} />
      </div>
      <div className="border-line bg-bg overflow-x-auto rounded-ctl border px-2.5 py-1.5 font-mono text-small">
        <JsonNode
          name={null}
          value={value}
          depth={0}
          open={open}
          query={query}
          branches={branches}
        />
      </div>
    </section>
  )
}

export function CopyButton({
  text,
  label = 'Copy',
}: {
  readonly text: () => string
  readonly label?: string
}) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className="text-muted hover:bg-raised hover:text-text h-6 rounded-ctl px-1.5 text-small"
    >
      {copied ? 'Copied' : label}
    </button>
  )
}
