import { useNavigate } from '@tanstack/react-router'

import type { FleetSearch } from './search'

/** Changes the view in the URL: every view has its link, and back goes back. */
export function useSetSearch(): (search: FleetSearch) => void {
  const navigate = useNavigate()
  return (search) => void navigate({ to: '/', search, replace: true })
}
