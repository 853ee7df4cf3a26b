import { createFileRoute } from '@tanstack/react-router'

import { AgentsPage } from '../agents/AgentsPage'
import { parseAgentsSearch } from '../agents/search'
import { asRead } from '../app/asRead'

export const Route = createFileRoute('/agents')({
  validateSearch: asRead(parseAgentsSearch),
  component: AgentsPage,
})
