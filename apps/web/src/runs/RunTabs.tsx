import { Link, getRouteApi } from '@tanstack/react-router'

import { useHotkeys } from '../ui/useHotkeys'
import { runTabs, type RunTab } from './search'

const route = getRouteApi('/runs/$runId')

const words: Record<RunTab, string> = {
  timeline: 'Timeline',
  actions: 'Actions',
  drift: 'Drift',
  approvals: 'Approvals',
  audit: 'Audit',
  raw: 'Raw',
}

const searchOf = (tab: RunTab) => (tab === 'timeline' ? {} : { tab })

/** Tabs are links: each has its address. */
export function RunTabs() {
  const { runId } = route.useParams()
  const { tab = 'timeline' } = route.useSearch()
  const navigate = route.useNavigate()
  const go = (next: RunTab) => void navigate({ search: searchOf(next), replace: true })
  useHotkeys({ down: { t: () => go('timeline'), a: () => go('actions'), d: () => go('drift') } })
  return (
    <nav aria-label="Run" className="border-line flex shrink-0 gap-1 overflow-x-auto border-b px-2">
      {runTabs.map((each) => (
        <Link
          key={each}
          to="/runs/$runId"
          params={{ runId }}
          search={searchOf(each)}
          replace
          activeProps={{ 'aria-current': undefined }}
          aria-current={each === tab ? 'page' : undefined}
          className={`h-8 shrink-0 border-b-2 px-2 leading-8 max-md:h-11 max-md:leading-11 ${each === tab ? 'border-accent font-medium' : 'text-muted hover:text-text border-transparent'}`}
        >
          {words[each]}
        </Link>
      ))}
    </nav>
  )
}
