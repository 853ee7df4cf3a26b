import { createFileRoute } from '@tanstack/react-router'

import { keepAt, parsePastSearch } from '../past/search'
import { RunPage } from '../runs/RunPage'
import { parseRunSearch } from '../runs/search'

export const Route = createFileRoute('/runs/$runId')({
  validateSearch: (raw: Record<string, unknown>) => ({
    ...parseRunSearch(raw),
    ...parsePastSearch(raw),
  }),
  search: { middlewares: [keepAt] },
  component: RunPage,
})
