import { type Agent, mostRunsCounted, spokenActor } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { useBarred } from '../app/useMe'
import { Mark } from '../runs/StateMark'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { MiddleCut } from '../ui/MiddleCut'
import { visible } from '../ui/visible'
import { ActiveStates } from './ActiveStates'
import { IsolationForm } from './IsolationForm'
import { Owner } from './Owner'
import { OwnerForm } from './OwnerForm'
import type { StateTally } from './stateTally'

export type AgentPart = 'isolation' | 'owner'

interface AgentRowProps {
  readonly agent: Agent
  /** What is open below it. */
  readonly open: AgentPart | null
  readonly show: (part: AgentPart | null) => void
  /** Of its runs that have not ended, as the fleet knows them. */
  readonly states: StateTally
}

const cell = 'h-9 px-3 max-md:h-14 max-md:py-1.5'

export function AgentRow({ agent, open, show, states }: AgentRowProps) {
  const isolated = agent.isolatedAt !== null
  const barred = useBarred('isolate', agent.agentId)
  const owner = (
    <Owner
      agent={agent}
      open={open === 'owner'}
      toggle={() => show(open === 'owner' ? null : 'owner')}
    />
  )
  return (
    <>
      <tr className={`border-line border-b ${open !== null ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={`${cell} w-full max-w-0 md:w-1/3 md:min-w-60`}>
          <span className="flex min-w-0 items-center gap-3">
            <Link
              to="/"
              search={{ agent: [agent.agentId] }}
              className={`truncate font-medium hover:underline ${isolated ? 'max-w-3/5 shrink-0' : ''}`}
            >
              {visible(agent.agentId)}
            </Link>
            {isolated && <Isolation agent={agent} />}
          </span>
          <span className="label block md:hidden">
            {agent.activeRuns.toLocaleString('en')} active · <LastSeen agent={agent} />
          </span>
          {agent.login !== null && (
            <span className="flex items-center gap-3 md:hidden">
              <span className="label">Owner</span> {owner}
            </span>
          )}
        </td>
        <td className={`${cell} max-w-56 truncate max-md:hidden`}>
          {agent.login === null ? (
            <span className="text-muted text-small">shared trial login</span>
          ) : (
            <MiddleCut text={agent.login} className="font-mono text-small" />
          )}
        </td>
        <td className={`${cell} max-md:hidden whitespace-nowrap`}>{owner}</td>
        <td className={`${cell} max-md:hidden`}>
          <ActiveStates counts={states} active={agent.activeRuns} />
        </td>
        <td className={`${cell} text-muted text-right max-md:hidden`}>
          {agent.runs.toLocaleString('en')}
          {agent.runs >= mostRunsCounted && '+'}
        </td>
        <td
          className={`${cell} text-right max-md:hidden ${agent.connections === 0 ? 'text-muted' : ''}`}
        >
          {agent.connections}
        </td>
        <td className={`${cell} text-muted text-right whitespace-nowrap max-md:hidden`}>
          <LastSeen agent={agent} />
        </td>
        <td className={`${cell} text-right`}>
          {agent.login === null ? (
            <span
              className="label"
              title="It shares a login with others: give it its own with `holdpoint agent add`."
            >
              needs its own login
            </span>
          ) : (
            <Button
              look={isolated ? 'plain' : 'quiet'}
              aria-expanded={open === 'isolation'}
              disabled={barred !== null}
              title={barred ?? undefined}
              onClick={() => show(open === 'isolation' ? null : 'isolation')}
            >
              {isolated ? 'Release…' : 'Isolate…'}
            </Button>
          )}
        </td>
      </tr>
      {open !== null && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={8} className="p-3">
            {open === 'owner' ? (
              <OwnerForm agent={agent} done={() => show(null)} />
            ) : (
              <IsolationForm agent={agent} done={() => show(null)} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

const LastSeen = ({ agent }: { readonly agent: Agent }) =>
  agent.lastSeenAt === null ? 'never' : <Ago at={agent.lastSeenAt} suffix=" ago" />

/** A hold like any other, so in its colour; and why, by whom. */
function Isolation({ agent }: { readonly agent: Agent }) {
  const said = [
    agent.isolatedWhy === null ? null : `“${agent.isolatedWhy}”`,
    agent.isolatedBy === null ? null : `by ${spokenActor(agent.isolatedBy)}`,
  ].filter((part) => part !== null)
  return (
    <span className="flex min-w-18 shrink-[99] items-center gap-1.5">
      <Mark shape="bars" tone="holding" />
      <span className="text-holding font-medium">Isolated</span>
      <span className="text-muted truncate max-md:hidden" title={said.join(' ')}>
        {visible(said.join(' '))}
      </span>
    </span>
  )
}
