import { capabilitiesOf, type Lease, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { aroundRun } from '../incidents/around'
import { usePastInstant } from '../live/useMoment'
import { compact, dateTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { CopyButton } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { CheckIn } from './CheckIn'
import { Family } from './Family'
import { Spend } from './Spend'

interface RunFactsProps {
  readonly run: Run
  readonly lease: Lease | null
  readonly parent: Run | null
  readonly children: readonly Run[]
}

/** One strip of facts, and its family: who works on it, what it has used, where it belongs. */
export const RunFacts = ({ run, lease, parent, children }: RunFactsProps) => (
  <>
    <Facts run={run} lease={lease} />
    <Family run={run} parent={parent} below={children} />
  </>
)

function Facts({ run, lease }: Pick<RunFactsProps, 'run' | 'lease'>) {
  const { pause, kill, delivery, liveness } = capabilitiesOf(run.engine)
  return (
    <dl className="border-line flex shrink-0 gap-x-6 gap-y-2 border-b px-3 py-2 max-md:overflow-x-auto max-md:whitespace-nowrap md:flex-wrap">
      <Item name="Connected by">
        <span title={`Pause ${pause}; kill ${kill}; delivery ${delivery}; liveness: ${liveness}`}>
          {run.engine === 'sdk' ? 'SDK' : run.engine === 'sql' ? 'plain SQL' : run.engine}
          <span className="text-muted"> · pause {pause}</span>
        </span>
      </Item>
      <Item name="Worker">
        <Worker run={run} lease={lease} />
      </Item>
      <Item name="Spend">
        <Spend run={run} />
      </Item>
      <Item name="Tokens in · out">
        {run.spend.tokensIn + run.spend.tokensOut === 0 ? (
          <span className="text-muted">–</span>
        ) : (
          `${compact(run.spend.tokensIn)} · ${compact(run.spend.tokensOut)}`
        )}
      </Item>
      <Item name="Steps">
        {run.steps}
        {run.limits.steps !== null && <span className="text-muted"> of {run.limits.steps}</span>}
      </Item>
      {run.epoch > 1 && (
        <Item name="Epoch">
          <span title="How many workers have claimed this run, one after another">{run.epoch}</span>
        </Item>
      )}
      {run.limits.deadline !== null && (
        <Item name="Deadline">{dateTime(Date.parse(run.limits.deadline))}</Item>
      )}
      {run.loop !== null && (
        <Item name="Firing of the loop">
          <Link to="/agents" search={{ view: 'loops' }} className="hover:underline">
            {visible(run.loop)}
          </Link>
        </Item>
      )}
      <Item name="Created">{dateTime(Date.parse(run.createdAt))}</Item>
      <CheckIn run={run} />
      <Item name="Around it">
        <Link to="/incidents" search={aroundRun(run)} className="hover:underline">
          Incident timeline
        </Link>
      </Item>
      <Item name="Run">
        <span className="font-mono text-small" title={run.id}>
          {run.id.slice(0, 8)}
        </span>
        <CopyButton text={() => run.id} label="Copy id" />
      </Item>
    </dl>
  )
}

const Item = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="max-md:shrink-0">
    <dt className="label">{name}</dt>
    <dd>{children}</dd>
  </div>
)

function Worker({ run, lease }: { readonly run: Run; readonly lease: Lease | null }) {
  const then = usePastInstant()
  if (run.engine !== 'sdk') {
    return (
      <span className="text-muted">
        no lease; last wrote <Ago at={run.lastEvent.at} suffix=" ago" />
      </span>
    )
  }
  if (then !== null)
    return run.worker === null ? <span className="text-muted">none</span> : visible(run.worker)
  if (lease === null)
    return (
      <span className="text-muted">
        {run.worker === null ? 'none' : visible(`${run.worker} · no lease`)}
      </span>
    )
  return (
    <span>
      {visible(lease.worker)}{' '}
      <span className="text-muted">
        heartbeat <Ago at={lease.heartbeatAt} suffix=" ago" />
      </span>
    </span>
  )
}
