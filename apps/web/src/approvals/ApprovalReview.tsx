import { type ApprovalToAnswer, isUuid, type OpenRequest } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { useDraftsKnown } from '../app/useMe'
import { ErrorScreen } from '../errors/ErrorNote'
import { isGone, told } from '../errors/told'
import { useFleet } from '../live/useLive'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { ApprovalContext } from './ApprovalContext'
import { approvalQuery } from './approvalQuery'
import { DecisionBar } from './DecisionBar'
import { useDraft } from './useDraft'
import { useKept } from './useKept'
import { WhatWillRun } from './WhatWillRun'

interface ApprovalReviewProps {
  readonly id: string
  /** As the list has it. */
  readonly listed: OpenRequest | undefined
  /** What comes after it: read beforehand, so that it is there with the key that asks for it. */
  readonly following: OpenRequest | undefined
  /** It came into the place of one that was just answered. */
  readonly fresh: boolean
  readonly next: () => void
  readonly passed: () => void
  readonly more: boolean
}

/** One decision: what exactly will run, in which context, and what each answer does. */
export function ApprovalReview(props: ApprovalReviewProps) {
  const { id, listed, following, fresh, next, passed, more } = props
  const { runs } = useFleet()
  const seqOf = (run: string | undefined): number => runs.get(run ?? '')?.seq ?? 0
  // Kept when it leaves the list: someone else may just have decided.
  const [runId, setRunId] = useState<string | undefined>(listed?.runId)
  const query = useQuery({ ...approvalQuery(id, seqOf(runId)), enabled: isUuid(id) })
  useQuery({
    ...approvalQuery(following?.id ?? '', seqOf(following?.runId)),
    enabled: following !== undefined,
    notifyOnChangeProps: [],
  })
  const approval = query.data
  const draftsKnown = useDraftsKnown()
  if (approval !== undefined && approval.runId !== runId) setRunId(approval.runId)
  if (!isUuid(id)) return <NoSuchRequest />
  if (approval === undefined || !draftsKnown) {
    if (query.failureReason === null)
      return (
        <div className="min-w-0 grow">
          <Skeleton rows={10} label="Loading the approval" />
        </div>
      )
    const failure = told(query.failureReason, 'read')
    return isGone(failure.code) ? (
      <NoSuchRequest />
    ) : (
      <ErrorScreen told={failure} retry={() => void query.refetch()} />
    )
  }
  const read = () => void query.refetch()
  return <Decision {...{ approval, fresh, read, next, passed, more }} />
}

const NoSuchRequest = () => (
  <div className="grow">
    <Notice title="There is no such request">
      <p>
        The link may have been cut off, or it belongs to another environment. What was asked for
        once stays, also after it was answered.
      </p>
      <Link to="/approvals" className="text-accent underline">
        What waits for a decision
      </Link>
    </Notice>
  </div>
)

interface DecisionProps {
  readonly approval: ApprovalToAnswer
  readonly fresh: boolean
  readonly read: () => void
  readonly next: () => void
  readonly passed: () => void
  readonly more: boolean
}

function Decision({ approval, fresh, read, next, passed, more }: DecisionProps) {
  const typed = useKept(approval)
  const editing = useDraft(approval, typed)
  return (
    <article aria-label="Decision" className="flex min-h-0 min-w-0 flex-1 flex-col">
      {/* On a phone it has the screen to itself, and the heading of the list is not there. */}
      <h1 className="sr-only md:hidden">Approval</h1>
      <div className="min-h-0 flex-1 overflow-y-auto lg:grid lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_24rem]">
        <WhatWillRun approval={approval} editing={editing} />
        <ApprovalContext approval={approval} />
      </div>
      <DecisionBar
        approval={approval}
        editing={editing}
        typed={typed}
        fresh={fresh}
        read={read}
        next={next}
        passed={passed}
        more={more}
      />
    </article>
  )
}
