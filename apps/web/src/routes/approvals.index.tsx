import { createFileRoute } from '@tanstack/react-router'

// The page is the one of `/approvals`.
export const Route = createFileRoute('/approvals/')({ component: () => null })
