import { createFileRoute } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { AuditPage } from '../audit/AuditPage'
import { parseAuditSearch } from '../audit/search'

export const Route = createFileRoute('/audit')({
  validateSearch: asRead(parseAuditSearch),
  component: AuditPage,
})
