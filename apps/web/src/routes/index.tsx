import { createFileRoute } from '@tanstack/react-router'

import { FleetPage } from '../fleet/FleetPage'
import { parseFleetSearch } from '../fleet/search'

export const Route = createFileRoute('/')({
  validateSearch: parseFleetSearch,
  component: FleetPage,
})
