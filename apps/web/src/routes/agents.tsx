import { createFileRoute } from '@tanstack/react-router'

import { AgentsPage } from '../agents/AgentsPage'
import { parseAgentsSearch } from '../agents/search'

export const Route = createFileRoute('/agents')({
  validateSearch: parseAgentsSearch,
  component: AgentsPage,
})
