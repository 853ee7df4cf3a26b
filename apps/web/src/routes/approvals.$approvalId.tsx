import { createFileRoute } from '@tanstack/react-router'

import { ApprovalsPage } from '../approvals/ApprovalsPage'

function Chosen() {
  const { approvalId } = Route.useParams()
  return <ApprovalsPage chosen={approvalId} />
}

export const Route = createFileRoute('/approvals/$approvalId')({ component: Chosen })
