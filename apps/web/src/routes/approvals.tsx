import { createFileRoute, useParams } from '@tanstack/react-router'

import { ApprovalsPage } from '../approvals/ApprovalsPage'

/** One page for the list and for each request: going from one to the other keeps the list as it stands. */
function Approvals() {
  const { approvalId } = useParams({ strict: false })
  return <ApprovalsPage chosen={approvalId ?? null} />
}

export const Route = createFileRoute('/approvals')({ component: Approvals })
