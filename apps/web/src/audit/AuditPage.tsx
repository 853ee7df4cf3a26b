import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'

import { Button } from '../ui/Button'
import { AuditTable } from './AuditTable'
import { parseAuditSearch, type AuditSearch } from './search'

const route = getRouteApi('/audit')

export function AuditPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [reads, setReads] = useState(0)
  const set = (next: AuditSearch) =>
    void navigate({ search: parseAuditSearch({ ...next }), replace: true })
  return (
    <>
      <title>Audit · Holdpoint</title>
      <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-3 py-1.5">
        <h1 className="text-title mr-3 font-semibold">Audit</h1>
        <Field
          label="Agent"
          value={search.agent ?? ''}
          onChange={(agent) => set({ ...search, agent })}
        />
        <Field
          label="Run id"
          value={search.run ?? ''}
          onChange={(run) => set({ ...search, run })}
        />
        <span className="label ml-auto max-md:hidden">Append-only. Newest first.</span>
        <Button onClick={() => setReads(reads + 1)}>Read again</Button>
      </div>
      <AuditTable
        mark={reads}
        filter={{
          ...(search.run !== undefined && { runId: search.run }),
          ...(search.agent !== undefined && { agentId: search.agent }),
        }}
      />
    </>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Takes effect on Enter or when left: a half-typed id is no filter. */
function Field({ label, value, onChange }: FieldProps) {
  return (
    <input
      key={value}
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      onBlur={(event) => {
        if (event.target.value.trim() !== value) onChange(event.target.value.trim())
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
      className="bg-surface border-line placeholder:text-muted h-7 w-44 rounded-ctl border px-2 max-md:h-10 max-md:text-[16px]"
    />
  )
}
