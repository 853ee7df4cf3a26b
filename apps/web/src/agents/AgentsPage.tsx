import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { useFleet } from '../live/useLive'
import { Command, Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { AgentRow } from './AgentRow'
import { activeStates, type StateTally } from './stateTally'

/** Counts here are read every few seconds; the runs themselves are live on the fleet. */
const agentsQuery = {
  queryKey: ['agents'],
  queryFn: () => api.agents.list.query(),
  refetchInterval: 3000,
} as const

const none: StateTally = new Map()

/** A phone shows what is needed to isolate. */
const deskOnly = 'max-md:hidden'

const titles = [
  { title: 'Agent', only: '' },
  { title: 'Login', only: deskOnly },
  { title: 'Active', only: deskOnly },
  { title: 'Runs', only: `${deskOnly} text-right` },
  { title: 'Connections', only: `${deskOnly} text-right` },
  { title: 'Last seen', only: `${deskOnly} text-right` },
  { title: '', only: '' },
]

export function AgentsPage() {
  const query = useQuery(agentsQuery)
  const [open, setOpen] = useState<string | null>(null)
  const { runs } = useFleet()
  const states = activeStates(runs.values())
  if (query.data === undefined) {
    return query.error === null ? (
      <Skeleton rows={6} label="Loading agents" />
    ) : (
      <ErrorScreen level={1} told={told(query.error, 'read')} retry={() => void query.refetch()} />
    )
  }
  if (query.data.length === 0) {
    return (
      <Notice title="No agent has a login yet" level={1}>
        <p>Each agent gets a database login of its own, so that it can be isolated alone:</p>
        <Command>npx holdpoint agent add NAME</Command>
      </Notice>
    )
  }
  return (
    <>
      <title>Agents · Holdpoint</title>
      <div className="border-line flex min-h-10 shrink-0 items-center gap-3 border-b px-3">
        <h1 className="text-title font-semibold">Agents</h1>
        <span className="label max-md:hidden">
          Isolating locks an agent’s login and ends its connections: the one control that does not
          depend on the agent.
        </span>
      </div>
      <div className="relative min-h-0 flex-1 overflow-auto">
        <table className="w-full border-collapse">
          <thead>
            <tr className="label border-line border-b text-left">
              {titles.map(({ title, only }) => (
                <th
                  key={title}
                  scope="col"
                  className={`h-7 px-3 font-normal whitespace-nowrap ${only}`}
                >
                  {title === '' ? <span className="sr-only">Isolation</span> : title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {query.data.map((agent) => (
              <AgentRow
                key={agent.agentId}
                agent={agent}
                states={states.get(agent.agentId) ?? none}
                open={open === agent.agentId}
                toggle={() => setOpen(open === agent.agentId ? null : agent.agentId)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
