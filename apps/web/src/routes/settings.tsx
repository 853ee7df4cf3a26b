import { createFileRoute } from '@tanstack/react-router'

import { parseSettingsSearch } from '../settings/search'
import { SettingsPage } from '../settings/SettingsPage'

export const Route = createFileRoute('/settings')({
  validateSearch: parseSettingsSearch,
  component: SettingsPage,
})
