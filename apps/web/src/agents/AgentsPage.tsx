import { Link, getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import { Skeleton } from '../ui/Skeleton'
import { AgentTable } from './AgentTable'
import { DriftTable } from './drift/DriftTable'
import { LoopTable } from './LoopTable'
import { agentViews, type AgentView, type AgentsSearch } from './search'
import { useLoops } from './useLoops'

const PolicyTable = lazy(async () => ({
  default: (await import('./policies/PolicyTable')).PolicyTable,
}))

const route = getRouteApi('/agents')

const words: Record<AgentView, string> = {
  agents: 'Agents',
  loops: 'Loops',
  policies: 'Policies',
  drift: 'Drift',
}
const searchOf: Record<AgentView, AgentsSearch> = {
  agents: {},
  loops: { view: 'loops' },
  policies: { view: 'policies' },
  drift: { view: 'drift' },
}
const about: Record<AgentView, string> = {
  agents:
    'Isolating locks an agent’s login and ends its connections: the one control that does not depend on the agent.',
  policies: 'Who is asked about which calls, and when a person has to look in.',
  loops: 'When each loop is due, whether it came, and what it started.',
  drift:
    'When a run that goes nowhere is held, or only shown. Without a policy nothing is ever held.',
}

/** Who works here, and when each is expected to. */
export function AgentsPage() {
  const { view = 'agents' } = route.useSearch()
  return (
    <>
      <title>{`${words[view]} · Holdpoint`}</title>
      <div className="border-line flex min-h-10 shrink-0 items-center gap-4 border-b px-3">
        <h1 className="sr-only">{words[view]}</h1>
        <nav aria-label="Agents" className="flex shrink-0 gap-1 self-stretch">
          {agentViews.map((each) => (
            <Link
              key={each}
              to="/agents"
              search={searchOf[each]}
              activeProps={{ 'aria-current': undefined }}
              aria-current={each === view ? 'page' : undefined}
              className={`md:text-title flex items-center gap-1.5 border-b-2 px-1.5 max-md:min-h-11 max-md:px-2 ${each === view ? 'border-accent font-semibold' : 'text-muted hover:text-text border-transparent'}`}
            >
              {words[each]}
              {each === 'loops' && <Overdue />}
            </Link>
          ))}
        </nav>
        <span className="label max-md:hidden">{about[view]}</span>
      </div>
      <View view={view} />
    </>
  )
}

function View({ view }: { readonly view: AgentView }) {
  switch (view) {
    case 'agents':
      return <AgentTable />
    case 'loops':
      return <LoopTable />
    case 'policies':
      return (
        <Suspense fallback={<Skeleton rows={6} label="Loading policies" />}>
          <PolicyTable />
        </Suspense>
      )
    case 'drift':
      return <DriftTable />
  }
}

/** How many are late, or cannot be watched, is seen from either half; the same number as under Needs you. */
function Overdue() {
  const overdue =
    useLoops().data?.filter(
      ({ overdueSince, trouble }) => overdueSince !== null || trouble !== null,
    ).length ?? 0
  return overdue === 0 ? null : (
    <span className="text-bad text-small font-medium">{overdue} overdue</span>
  )
}
