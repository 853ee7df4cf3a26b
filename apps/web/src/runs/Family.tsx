import { isFinal, runState, stateSince, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'

import { useFleet } from '../live/useLive'
import { Elapsed } from '../time/Ticking'
import { visible } from '../ui/visible'
import { familyOf, tally, type Relative } from './family'
import { inFlight } from './inFlight'
import { Spend } from './Spend'
import { stateLook } from './stateLook'
import { StateMark } from './StateMark'

interface FamilyProps {
  readonly run: Run
  readonly parent: Run | null
  readonly below: readonly Run[]
}

/** Beyond so many the fleet's table is the better place. */
const atMost = 40

/** Who started it and whom it started: as a small tree, each with what it does now. */
export function Family({ run, parent, below }: FamilyProps) {
  const { runs } = useFleet()
  const relatives = useMemo(() => {
    const own = [...runs.values()].filter(({ rootId }) => rootId === run.rootId)
    return familyOf(run, [...(parent === null ? [] : [parent]), ...below, ...own])
  }, [run, parent, below, runs])
  if (relatives.length === 1) return null
  const count = relatives.filter(({ is }) => is === 'below').length
  return (
    <details open className="border-line group shrink-0 border-b">
      <summary className="hover:bg-raised flex min-h-8 flex-wrap items-center gap-x-2 px-3 max-md:min-h-11">
        <span aria-hidden className="text-muted group-open:rotate-90">
          ▸
        </span>
        <h2 className="text-small">Family</h2>
        <span className="label">
          {count === 0 ? 'started by another run' : `${count} below it: ${tally(relatives)}`}
        </span>
      </summary>
      <ul aria-label="Family" className="max-h-40 overflow-y-auto pb-1">
        {relatives.slice(0, atMost).map((relative) => (
          <RelativeRow key={relative.run.id} relative={relative} />
        ))}
        {relatives.length > atMost && (
          <li className="text-muted px-3 py-1">and {relatives.length - atMost} more</li>
        )}
      </ul>
    </details>
  )
}

const row =
  'grid min-h-7 grid-cols-[1fr_auto] items-center gap-x-4 px-3 md:grid-cols-[minmax(12rem,26rem)_1fr_6rem_8rem_5rem] max-md:min-h-11'

function RelativeRow({ relative: { run, depth, is } }: { readonly relative: Relative }) {
  const state = runState(run)
  const { word, loud } = stateLook[state]
  const since = stateSince(run)
  const body = (
    <>
      <span className="flex min-w-0 items-center gap-1.5" style={{ paddingLeft: depth * 16 }}>
        {depth > 0 && (
          <span aria-hidden className="text-muted">
            └
          </span>
        )}
        <StateMark state={state} />
        <span className={`shrink-0 ${loud ? 'font-medium' : 'text-muted'}`}>{word}</span>
        <span className={`truncate ${is === 'this' ? 'font-medium' : ''}`}>
          {visible(run.goal ?? run.id.slice(0, 8))}
        </span>
        {is === 'this' && <span className="label shrink-0">this run</span>}
      </span>
      <span className="text-muted truncate max-md:hidden">{visible(doing(run))}</span>
      <span className="text-muted text-right max-md:hidden">
        {run.steps}
        {run.limits.steps !== null && ` of ${run.limits.steps}`}{' '}
        {run.steps === 1 && run.limits.steps === null ? 'step' : 'steps'}
      </span>
      <span className="max-md:hidden">
        <Spend run={run} />
      </span>
      <span className="text-muted text-right">{since !== null && <Elapsed since={since} />}</span>
    </>
  )
  return (
    <li aria-current={is === 'this' ? 'true' : undefined}>
      {is === 'this' ? (
        <div className={`${row} bg-selected`}>{body}</div>
      ) : (
        <Link to="/runs/$runId" params={{ runId: run.id }} className={`${row} hover:bg-raised`}>
          {body}
        </Link>
      )}
    </li>
  )
}

/** What it does now; of one that stands or has ended, where and why. */
function doing(run: Run): string {
  if (isFinal(run.status) || run.stopReason !== null)
    return [run.step, run.stopDetail].filter((part) => part !== null).join(' · ')
  if (run.waitingOn !== null) return `waits for ${run.waitingOn.kind} ${run.waitingOn.what ?? ''}`
  const tool = inFlight(run) === 'now' ? [`in ${run.tool ?? ''}`, run.toolTarget] : []
  return [run.step ?? run.agentId, ...tool].filter((part) => part !== null).join(' · ')
}
