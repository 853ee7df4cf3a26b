import { Command } from 'cmdk'
import { useRef, useState } from 'react'

import { visible } from '../ui/visible'
import type { AuditSearch } from './search'
import { suggest, type Suggestion } from './suggest'
import { useKnown } from './useKnown'

interface FilterInputProps {
  readonly narrow: (by: AuditSearch) => void
  /** Takes the last filter away, as Backspace in an empty field does elsewhere. */
  readonly widen: () => void
}

/** One field for every filter: a name and a value, or words that are looked for in all of them. */
export function FilterInput({ narrow, widen }: FilterInputProps) {
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const known = useKnown(typed, open)
  const suggestions = open ? suggest(typed, known) : []
  const choose = (suggestion: Suggestion) => {
    if (suggestion.kind === 'type') return setTyped(suggestion.text)
    narrow(suggestion.by)
    setTyped('')
  }
  return (
    <Command
      shouldFilter={false}
      loop
      label="Add a filter"
      className="relative w-full md:w-72"
      onKeyDown={(event) => {
        if (event.key === 'Escape') input.current?.blur()
        if (event.key === 'Backspace' && typed === '') widen()
      }}
    >
      <Command.Input
        ref={input}
        value={typed}
        onValueChange={(value) => {
          setTyped(value)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        placeholder="Filter by agent, run, actor, table…"
        className="bg-surface border-line placeholder:text-muted h-7 w-full rounded-ctl border px-2 max-md:h-10 max-md:text-[16px]"
      />
      <Command.List
        // A press here must not take the focus from the field.
        onMouseDown={(event) => event.preventDefault()}
        className={
          suggestions.length === 0
            ? 'hidden'
            : 'enter border-line bg-surface shadow-raised absolute top-full left-0 z-20 mt-1 max-h-[50dvh] w-full min-w-72 overflow-y-auto rounded-ctl border p-1'
        }
      >
        {suggestions.map((each) => (
          <Command.Item
            key={each.label}
            value={each.label}
            onSelect={() => choose(each)}
            className="data-[selected=true]:bg-selected flex min-h-7 items-center gap-2 rounded-ctl px-2 max-md:min-h-10"
          >
            <span className={each.kind === 'type' ? 'shrink-0' : 'truncate'}>
              {visible(each.label)}
            </span>
            {each.kind === 'type' && <span className="label truncate">{each.hint}</span>}
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  )
}
