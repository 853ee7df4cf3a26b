import { Outlet, createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/approvals')({ component: Outlet })
