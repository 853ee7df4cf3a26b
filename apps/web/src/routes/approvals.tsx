import { createFileRoute, useParams } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { ApprovalsPage } from '../approvals/ApprovalsPage'
import { OpenOfRun } from '../approvals/OpenOfRun'
import { parseApprovalsSearch } from '../approvals/search'

/** One page for the list and for each request: going from one to the other keeps the list as it stands. */
function Approvals() {
  const { approvalId } = useParams({ strict: false })
  const { run } = Route.useSearch()
  if (approvalId === undefined && run !== undefined) return <OpenOfRun run={run} />
  return <ApprovalsPage chosen={approvalId ?? null} />
}

export const Route = createFileRoute('/approvals')({
  validateSearch: asRead(parseApprovalsSearch),
  component: Approvals,
})
