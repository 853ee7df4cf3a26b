import { type Agent, shortActor } from '@holdpoint/protocol'

import { useBarred } from '../app/useMe'
import { Button } from '../ui/Button'
import { visible } from '../ui/visible'

interface OwnerProps {
  readonly agent: Agent
  readonly open: boolean
  readonly toggle: () => void
}

/** Who stands behind an agent's login; an administrator says who. */
export function Owner({ agent, open, toggle }: OwnerProps) {
  const barred = useBarred('administer')
  // Whoever shares the trial login stands behind none of its agents alone.
  if (agent.login === null) return <span className="text-muted">–</span>
  const name = agent.owner === null ? null : visible(shortActor(agent.owner))
  if (barred !== null)
    return <span className={name === null ? 'text-muted' : ''}>{name ?? 'nobody named'}</span>
  const called =
    name === null
      ? `Name one… as owner of ${visible(agent.agentId)}`
      : `${name}, owner of ${visible(agent.agentId)}: change`
  return (
    <Button
      look="quiet"
      aria-expanded={open}
      aria-label={called}
      onClick={toggle}
      className="-ml-2.5 max-md:h-11"
    >
      {name ?? <span className="text-muted">Name one…</span>}
    </Button>
  )
}
