import { createFileRoute } from '@tanstack/react-router'

import { IncidentsPage } from '../incidents/IncidentsPage'
import { parseIncidentSearch } from '../incidents/search'

export const Route = createFileRoute('/incidents')({
  validateSearch: parseIncidentSearch,
  component: IncidentsPage,
})
