import type { Approval, ApprovalToAnswer } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { approvalOf } from '../app/wire'
import { ErrorScreen } from '../errors/ErrorNote'
import { isGone, told } from '../errors/told'
import { useFleet } from '../live/useLive'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { ApprovalContext } from './ApprovalContext'
import { DecisionBar } from './DecisionBar'
import { useDraft } from './useDraft'
import { WhatWillRun } from './WhatWillRun'

interface ApprovalReviewProps {
  readonly id: string
  /** As the list has it: shown while the approval itself is read. */
  readonly listed: Approval | undefined
  readonly next: () => void
  readonly more: boolean
}

/** One decision: what exactly will run, in which context, and what each answer does. */
export function ApprovalReview({ id, listed, next, more }: ApprovalReviewProps) {
  const { runs } = useFleet()
  // Kept when it leaves the list: someone else may just have decided.
  const [runId, setRunId] = useState<string | undefined>(listed?.runId)
  const seq = runs.get(runId ?? '')?.seq ?? 0
  const query = useQuery({
    ...untilRead,
    queryKey: ['approvals', 'one', id, seq],
    queryFn: async () => approvalOf(await api.approvals.get.query({ id })),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })
  const approval = query.data ?? listed
  if (approval !== undefined && approval.runId !== runId) setRunId(approval.runId)
  if (approval === undefined) {
    if (query.failureReason === null) return <Skeleton rows={10} label="Loading the approval" />
    const failure = told(query.failureReason, 'read')
    return isGone(failure.code) ? (
      <Notice title="No such approval">
        <p>The link may be cut off, or it belongs to another environment.</p>
        <Link to="/approvals" className="text-accent underline">
          Open approvals
        </Link>
      </Notice>
    ) : (
      <ErrorScreen told={failure} retry={() => void query.refetch()} />
    )
  }
  return (
    <Decision
      approval={approval}
      replies={query.data?.replies ?? null}
      read={() => void query.refetch()}
      next={next}
      more={more}
    />
  )
}

interface DecisionProps {
  readonly approval: Approval
  /** Null until it has been read what this person may do with it. */
  readonly replies: ApprovalToAnswer['replies'] | null
  readonly read: () => void
  readonly next: () => void
  readonly more: boolean
}

function Decision({ approval, replies, read, next, more }: DecisionProps) {
  const editing = useDraft(approval)
  return (
    <article aria-label="Decision" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto lg:grid lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_24rem]">
        <WhatWillRun approval={approval} editing={editing} />
        <ApprovalContext approval={approval} />
      </div>
      {replies !== null && (
        <DecisionBar
          approval={{ ...approval, replies }}
          editing={editing}
          read={read}
          next={next}
          more={more}
        />
      )}
    </article>
  )
}
