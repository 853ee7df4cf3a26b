import type { Agent } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { IsolationForm } from './IsolationForm'

interface AgentRowProps {
  readonly agent: Agent
  readonly open: boolean
  readonly toggle: () => void
}

const cell = 'h-9 px-3 max-md:h-13'

export function AgentRow({ agent, open, toggle }: AgentRowProps) {
  const isolated = agent.isolatedAt !== null
  return (
    <>
      <tr className={`border-line border-b ${open ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={cell}>
          <Link to="/" search={{ agent: [agent.agentId] }} className="font-medium hover:underline">
            {agent.agentId}
          </Link>
          {isolated && <span className="text-bad ml-2 font-medium">Isolated</span>}
        </td>
        <td className={`${cell} max-md:hidden font-mono text-small`}>
          {agent.login ?? <span className="text-muted font-sans">shared trial login</span>}
        </td>
        <td className={cell}>{agent.activeRuns.toLocaleString('en')}</td>
        <td className={`${cell} text-muted max-md:hidden`}>{agent.runs.toLocaleString('en')}</td>
        <td className={`${cell} max-md:hidden`}>{agent.connections}</td>
        <td className={`${cell} text-muted`}>
          {agent.lastSeenAt === null ? 'never' : <Ago at={agent.lastSeenAt} suffix=" ago" />}
        </td>
        <td className={`${cell} text-right`}>
          <Button
            look={isolated ? 'plain' : 'quiet'}
            aria-expanded={open}
            disabled={agent.login === null}
            title={
              agent.login === null
                ? 'It shares a login with others: give it its own with `holdpoint agent add`.'
                : undefined
            }
            onClick={toggle}
          >
            {isolated ? 'Release…' : 'Isolate…'}
          </Button>
        </td>
      </tr>
      {open && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={7} className="p-3">
            <IsolationForm agent={agent} done={toggle} />
          </td>
        </tr>
      )}
    </>
  )
}
