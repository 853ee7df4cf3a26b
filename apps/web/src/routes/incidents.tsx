import { createFileRoute } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { IncidentsPage } from '../incidents/IncidentsPage'
import { parseIncidentSearch } from '../incidents/search'

export const Route = createFileRoute('/incidents')({
  validateSearch: asRead(parseIncidentSearch),
  component: IncidentsPage,
})
