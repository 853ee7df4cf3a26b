import { createFileRoute } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { FleetPage } from '../fleet/FleetPage'
import { parseFleetSearch } from '../fleet/search'
import { keepPast, parsePastSearch } from '../past/search'

export const Route = createFileRoute('/')({
  validateSearch: asRead((raw) => ({
    ...parseFleetSearch(raw),
    ...parsePastSearch(raw),
  })),
  search: { middlewares: [keepPast] },
  component: FleetPage,
})
