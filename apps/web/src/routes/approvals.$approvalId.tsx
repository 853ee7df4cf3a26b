import { createFileRoute } from '@tanstack/react-router'

// The page is the one of `/approvals`, which reads the id.
export const Route = createFileRoute('/approvals/$approvalId')({ component: () => null })
