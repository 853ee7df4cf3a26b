import { createFileRoute } from '@tanstack/react-router'

import { asRead } from '../app/asRead'
import { parseSettingsSearch } from '../settings/search'
import { SettingsPage } from '../settings/SettingsPage'

export const Route = createFileRoute('/settings')({
  validateSearch: asRead(parseSettingsSearch),
  component: SettingsPage,
})
