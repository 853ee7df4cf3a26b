import { createFileRoute } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { keepAt, parsePastSearch } from '../past/search'
import { RunPage } from '../runs/RunPage'
import { parseRunSearch } from '../runs/search'

export const Route = createFileRoute('/runs/$runId')({
  validateSearch: asRead((raw) => ({
    ...parseRunSearch(raw),
    ...parsePastSearch(raw),
  })),
  search: { middlewares: [keepAt] },
  component: RunPage,
})
