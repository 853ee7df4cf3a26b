import { createFileRoute } from '@tanstack/react-router'

import { ApprovalsPage } from '../approvals/ApprovalsPage'

export const Route = createFileRoute('/approvals/')({
  component: () => <ApprovalsPage chosen={null} />,
})
