import { useState } from 'react'

import { AuditRows } from './AuditRows'

/** The log of one run as a part of its page: what is open in it is no part of the address. */
export function AuditTable({ runId }: { readonly runId: string }) {
  const [sel, select] = useState<string | null>(null)
  const [reads, setReads] = useState(0)
  return (
    <AuditRows
      question={{ filter: { runId }, order: 'newest', mark: reads }}
      sel={sel}
      select={select}
      readAgain={() => setReads(reads + 1)}
    />
  )
}
