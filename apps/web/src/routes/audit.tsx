import { createFileRoute } from '@tanstack/react-router'

import { AuditPage } from '../audit/AuditPage'
import { parseAuditSearch } from '../audit/search'

export const Route = createFileRoute('/audit')({
  validateSearch: parseAuditSearch,
  component: AuditPage,
})
