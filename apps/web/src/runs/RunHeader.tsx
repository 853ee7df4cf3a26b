import { runState, stopReasonFacts, type Run, type StopReason } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { useOpenApprovals } from '../approvals/useOpenApprovals'
import { Elapsed } from '../time/Ticking'
import { Words } from '../ui/Words'
import { ControlTravel } from './ControlTravel'
import { RunControls } from './RunControls'
import { StateLabel } from './StateMark'
import { useRunControl } from './useRunControl'

/** Here the detail was written by a person or by Holdpoint, not by the agent. */
const notClaims = new Set<StopReason>([
  'USER_PAUSED',
  'USER_KILLED',
  'ISOLATED',
  'WORKER_LOST',
  'APPROVAL_REJECTED',
])

interface RunHeaderProps {
  readonly run: Run
  readonly activeChildren: number
}

/** Which state, why, what to do next, and the means to do it. */
export function RunHeader({ run, activeChildren }: RunHeaderProps) {
  const control = useRunControl(run)
  return (
    <header className="border-line grid shrink-0 gap-x-8 gap-y-3 border-b px-3 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,36rem)]">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span role="status">
            <StateLabel state={runState(run)} strong />
          </span>
          <span className="text-muted">
            for <Elapsed since={run.statusSince} />
          </span>
          <span aria-hidden className="text-muted">
            ·
          </span>
          <Link to="/" search={{ agent: [run.agentId] }} className="hover:underline">
            {run.agentId}
          </Link>
          {run.skill !== null && (
            <span className="text-muted">
              {run.skill} {run.skillVersion !== null && `v${run.skillVersion}`}
            </span>
          )}
        </p>
        <h1 className="text-title font-semibold">
          <Words text={run.goal ?? `Run ${run.id}`} limit={160} />
        </h1>
        <Why run={run} />
      </div>
      <div className="flex min-w-0 flex-col gap-2 max-md:contents">
        <div className="bg-bg border-line max-md:fixed max-md:inset-x-0 max-md:bottom-[calc(53px+env(safe-area-inset-bottom))] max-md:z-10 max-md:border-t max-md:p-3">
          <RunControls run={run} activeChildren={activeChildren} control={control} />
        </div>
        <ControlTravel run={run} />
      </div>
    </header>
  )
}

function Why({ run }: { readonly run: Run }) {
  if (run.stopReason === null) {
    return run.stopDetail === null ? <Doing run={run} /> : <OwnWords detail={run.stopDetail} />
  }
  const { label, nextMove } = stopReasonFacts[run.stopReason]
  return (
    <dl className="grid grid-cols-[2.5rem_1fr] gap-x-3 gap-y-0.5">
      <dt className="text-muted">Why</dt>
      <dd>
        <span className="font-medium">{label}</span>
        {run.stopDetail !== null && (
          <>
            {' · '}
            <Words text={run.stopDetail} limit={240} claim={!notClaims.has(run.stopReason)} />
          </>
        )}
      </dd>
      <dt className="text-muted">Next</dt>
      <dd>
        {nextMove}
        {run.stopReason === 'AWAITING_APPROVAL' && <ReviewLink run={run} />}
      </dd>
    </dl>
  )
}

/** It ended for a reason of its own, such as an error that none of its tools threw. */
function OwnWords({ detail }: { readonly detail: string }) {
  return (
    <dl className="grid grid-cols-[2.5rem_1fr] gap-x-3 gap-y-0.5">
      <dt className="text-muted">Why</dt>
      <dd>
        <Words text={detail} limit={240} claim />
      </dd>
      <dt className="text-muted">Next</dt>
      <dd>Read its last events; start a new run if the work is still wanted.</dd>
    </dl>
  )
}

/** Where the decision is made; nothing while the list of open approvals is not read yet. */
function ReviewLink({ run }: { readonly run: Run }) {
  const approval = useOpenApprovals().data?.rows.find(({ runId }) => runId === run.id)
  if (approval === undefined) return null
  return (
    <Link
      to="/approvals/$approvalId"
      params={{ approvalId: approval.id }}
      className="text-accent ml-2 underline"
    >
      Review it
    </Link>
  )
}

function Doing({ run }: { readonly run: Run }) {
  const { waitingOn } = run
  return (
    <p className="text-muted flex flex-wrap gap-x-2">
      {run.step !== null && (
        <span>
          Step <span className="text-text">{run.step}</span>
          {run.stepSince !== null && (
            <>
              {' '}
              for <Elapsed since={run.stepSince} />
            </>
          )}
        </span>
      )}
      {run.tool !== null && (
        <span>
          · in <span className="text-text font-mono text-small">{run.tool}</span> {run.toolTarget}
          {run.toolSince !== null && (
            <>
              {' '}
              for <Elapsed since={run.toolSince} />
            </>
          )}
        </span>
      )}
      {waitingOn !== null && (
        <span>
          · waits for {waitingOn.kind} {waitingOn.what}
        </span>
      )}
    </p>
  )
}
