import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { useFleet } from '../live/useLive'
import { Command, Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { type Column, deskOnly, TableHead } from '../ui/TableHead'
import { type AgentPart, AgentRow } from './AgentRow'
import { activeStates, type StateTally } from './stateTally'

/** Counts here are read every few seconds; the runs themselves are live on the fleet. */
const agentsQuery = {
  ...untilRead,
  queryKey: ['agents'],
  queryFn: () => api.agents.list.query(),
  refetchInterval: 3000,
} as const

const none: StateTally = new Map()

/** A phone shows what is needed to isolate. */
const columns: readonly Column[] = [
  { title: 'Agent' },
  { title: 'Login', only: deskOnly },
  { title: 'Owner', only: deskOnly },
  { title: 'Active', only: deskOnly },
  { title: 'Runs', only: `${deskOnly} text-right` },
  { title: 'Connections', only: `${deskOnly} text-right` },
  { title: 'Last seen', only: `${deskOnly} text-right` },
  { title: 'Isolation', hidden: true },
]

/** Each agent with its login, what its runs do, and the means to lock it out. */
export function AgentTable() {
  const query = useQuery(agentsQuery)
  const [open, setOpen] = useState<{ agentId: string; part: AgentPart } | null>(null)
  const { runs } = useFleet()
  const states = activeStates(runs.values())
  if (query.data === undefined) {
    return query.failureReason === null ? (
      <Skeleton rows={6} label="Loading agents" />
    ) : (
      <ErrorScreen told={told(query.failureReason, 'read')} retry={() => void query.refetch()} />
    )
  }
  if (query.data.length === 0) {
    return (
      <Notice title="No agent has a login yet">
        <p>Each agent gets a database login of its own, so that it can be isolated alone:</p>
        <Command>npx holdpoint agent add NAME</Command>
      </Notice>
    )
  }
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      <table className="w-full border-collapse">
        <TableHead columns={columns} />
        <tbody>
          {query.data.map((agent) => (
            <AgentRow
              key={agent.agentId}
              agent={agent}
              states={states.get(agent.agentId) ?? none}
              open={open?.agentId === agent.agentId ? open.part : null}
              show={(part) => setOpen(part === null ? null : { agentId: agent.agentId, part })}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}
