import { stopReasonFacts, type Run } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { api } from '../app/trpc'
import { askedFor, asksFor } from '../approvals/asking'
import { usePastInstant } from '../live/useMoment'
import { Elapsed } from '../time/Ticking'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'
import { isClaim } from './claims'
import { inFlight, inFlightWords } from './inFlight'
import { RaiseButton } from './RaiseButton'
import { waitsFor } from './waitsFor'

/** Why it stands, and now the recommended next move; of one that goes on, what it does. */
export function Why({ run }: { readonly run: Run }) {
  const then = usePastInstant()
  if (run.stopReason === null) {
    if (run.status === 'queued') return <Queued run={run} />
    return run.stopDetail === null ? <Doing run={run} /> : <OwnWords detail={run.stopDetail} />
  }
  const { label, nextMove } = stopReasonFacts[run.stopReason]
  const detail = detailOf(run)
  return (
    <Reasons>
      <dt className="text-muted">Why</dt>
      <dd>
        <span className="font-medium">{label}</span>
        {detail !== null && (
          <>
            {' · '}
            <Words text={detail} limit={240} claim={isClaim(run.stopReason, run.status)} />
          </>
        )}
        <Tool run={run} />
      </dd>
      {then === null && (
        <Next>
          {run.status === 'queued' ? waitsFor(run) : nextMove}
          {run.heldBy.includes('approval') && <ReviewLink run={run} />}
          <RaiseButton run={run} />
        </Next>
      )}
    </Reasons>
  )
}

/** Of what waits, or waited too long, for a person: also what that is, where the detail does not say. */
function detailOf({ stopReason, stopDetail, asks }: Run): string | null {
  if (!asks) return stopDetail
  if (stopReason === 'APPROVAL_EXPIRED')
    return [asksFor(asks), stopDetail].filter((part) => part !== null).join(' · ')
  return stopReason === 'AWAITING_APPROVAL' && !askedFor(asks).call ? asksFor(asks) : stopDetail
}

const Reasons = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-[2.5rem_1fr] gap-x-3 gap-y-0.5">{children}</dl>
)

/** What a person can do about it; never in the past, from which nothing can be done. */
const Next = ({ children }: { readonly children: ReactNode }) => (
  <>
    <dt className="text-muted">Next</dt>
    <dd>{children}</dd>
  </>
)

/** Nobody works on it now: who may take it, and what a person can do about it. */
function Queued({ run }: { readonly run: Run }) {
  const then = usePastInstant()
  return (
    <Reasons>
      <dt className="text-muted">Why</dt>
      <dd>
        {run.lastEvent.kind === 'run.released'
          ? 'Its worker let go of it on purpose; nothing is in flight.'
          : run.epoch > 0
            ? 'It may go on; no worker has taken it up again yet.'
            : 'No worker has taken it yet.'}
      </dd>
      {then === null && <Next>{waitsFor(run)}</Next>}
    </Reasons>
  )
}

/** It ended for a reason of its own, such as an error that none of its tools threw. */
function OwnWords({ detail }: { readonly detail: string }) {
  const then = usePastInstant()
  return (
    <Reasons>
      <dt className="text-muted">Why</dt>
      <dd>
        <Words text={detail} limit={240} claim />
      </dd>
      {then === null && (
        <Next>Read its last events; start a new run if the work is still wanted.</Next>
      )}
    </Reasons>
  )
}

/** Where the decision is made; nothing while it is not read yet. */
function ReviewLink({ run }: { readonly run: Run }) {
  const query = useQuery({
    queryKey: ['runs', run.id, 'open-approval', run.seq],
    queryFn: () => api.approvals.list.query({ runId: run.id, status: 'open', limit: 1 }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  const approval = query.data?.rows[0]
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

/** What had begun when it was stopped, and what may still become of it. */
function Tool({ run }: { readonly run: Run }) {
  const state = inFlight(run)
  // What nobody knows has its own lines below, with the two answers.
  if (state !== 'may finish') return null
  return (
    <span className="text-muted block">
      <span className="text-text font-mono text-small">{visible(run.tool ?? '')}</span>{' '}
      {visible(run.toolTarget ?? '')} {inFlightWords[state]}
    </span>
  )
}

function Doing({ run }: { readonly run: Run }) {
  const { waitingOn } = run
  return (
    <p className="text-muted flex flex-wrap gap-x-2">
      {run.step !== null && (
        <span>
          Step <span className="text-text">{visible(run.step)}</span>
          {run.stepSince !== null && (
            <>
              {' '}
              for <Elapsed since={run.stepSince} />
            </>
          )}
        </span>
      )}
      {inFlight(run) === 'now' && (
        <span>
          · in <span className="text-text font-mono text-small">{visible(run.tool ?? '')}</span>{' '}
          {visible(run.toolTarget ?? '')}
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
          · waits for {waitingOn.kind} {visible(waitingOn.what ?? '')}
        </span>
      )}
    </p>
  )
}
