import { createFileRoute } from '@tanstack/react-router'

import { RunPage } from '../runs/RunPage'
import { parseRunSearch } from '../runs/search'

export const Route = createFileRoute('/runs/$runId')({
  validateSearch: parseRunSearch,
  component: RunPage,
})
