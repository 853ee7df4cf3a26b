import { useState } from 'react'

import { AuditRows } from './AuditRows'

interface AuditTableProps {
  readonly runId: string
  /** Rows before an instant; null: all. */
  readonly to: string | null
}

/** The log of one run as a part of its page: what is open in it is no part of the address. */
export function AuditTable({ runId, to }: AuditTableProps) {
  const [sel, select] = useState<string | null>(null)
  const [reads, setReads] = useState(0)
  return (
    <AuditRows
      question={{ filter: { runId, ...(to !== null && { to }) }, order: 'newest', mark: reads }}
      sel={sel}
      select={select}
      readAgain={() => setReads(reads + 1)}
    />
  )
}
