import { createFileRoute } from '@tanstack/react-router'

import { FleetPage } from '../fleet/FleetPage'
import { parseFleetSearch } from '../fleet/search'
import { keepPast, parsePastSearch } from '../past/search'

export const Route = createFileRoute('/')({
  validateSearch: (raw: Record<string, unknown>) => ({
    ...parseFleetSearch(raw),
    ...parsePastSearch(raw),
  }),
  search: { middlewares: [keepPast] },
  component: FleetPage,
})
