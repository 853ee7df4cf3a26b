import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { useFleet } from '../live/useLive'
import type { AuditLine } from './line'
import type { Field } from './search'
import { typedField, type Known } from './suggest'

const scanned = ['actor', 'login', 'table', 'action'] as const
type Scanned = (typeof scanned)[number]
const isScanned = (field: Field | undefined): field is Scanned =>
  (scanned as readonly unknown[]).includes(field)

const mostRows = 2000

/** Values to complete a filter with: of the rows at hand, of the fleet, and of the whole log by their beginning. */
export function useKnown(typed: string, open: boolean): Known {
  const { runs } = useFleet()
  const client = useQueryClient()
  const named = typedField(typed)
  const column = isScanned(named?.field) ? named.field : undefined
  const start = named?.value.replace(/\*$/, '') ?? ''
  const asked = useQuery({
    queryKey: ['audit-values', column, start],
    queryFn: () => (column === undefined ? [] : api.audit.values.query({ column, start })),
    enabled: open && column !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (!open) return {}
  const rows = client
    .getQueriesData<{ pages: readonly { rows: readonly AuditLine[] }[] }>({
      queryKey: ['audit'],
      type: 'active',
    })
    .flatMap(([, data]) => data?.pages.flatMap((page) => page.rows) ?? [])
    .slice(0, mostRows)
  const of = (read: (row: AuditLine) => string | null): string[] =>
    [...new Set(rows.map(read).filter((value) => value !== null && value !== ''))] as string[]
  const agents = [...new Set([...runs.values()].map((run) => run.agentId as string))]
  const known: Record<Field, string[]> = {
    agent: [...agents, ...of((row) => row.agentId)],
    run: of((row) => row.runId),
    actor: ['people', ...of((row) => row.actor), ...agents.map((agent) => `agent:${agent}`)],
    login: of((row) => row.login),
    table: of((row) => row.targetTable),
    row: of((row) => row.targetRowId),
    action: of((row) => row.action),
  }
  return column === undefined
    ? known
    : { ...known, [column]: [...(asked.data ?? []), ...known[column]] }
}
