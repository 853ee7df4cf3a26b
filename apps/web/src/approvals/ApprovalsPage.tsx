import type { OpenRequest } from '@holdpoint/protocol'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { useHotkeys } from '../ui/useHotkeys'
import { usePhone } from '../ui/useMediaQuery'
import { usePointerOver } from '../ui/usePointerOver'
import { ApprovalList } from './ApprovalList'
import { ApprovalReview } from './ApprovalReview'
import { inboxMost, inboxWindow, useOpenApprovals } from './useOpenApprovals'
import { useSteadyInbox } from './useSteadyInbox'

/** The list may still name them for a moment. */
const answeredHere = new Set<string>()

/**
 * Without an id the most urgent is open, and stays open: when someone else answers it, or a more urgent one
 * comes in, nothing may take its place under the eyes and the key of who is about to answer.
 */
function useMostUrgent(open: readonly OpenRequest[], chosen: string | null): string | null {
  const [kept, keep] = useState<string | null>(null)
  const first = open.find(({ id }) => !answeredHere.has(id))?.id ?? null
  if (chosen !== null) {
    if (kept !== null) keep(null)
    return null
  }
  const answered = kept !== null && answeredHere.has(kept)
  if (kept === null || answered) {
    if (kept !== first) keep(first)
    return first
  }
  return kept
}

/** The list beside one decision; on a phone it is list or decision. */
export function ApprovalsPage({ chosen }: { readonly chosen: string | null }) {
  const [limit, setLimit] = useState(inboxWindow)
  const query = useOpenApprovals(limit)
  const navigate = useNavigate()
  const phone = usePhone()
  const pointer = usePointerOver()
  const list = useSteadyInbox(query.data?.rows, pointer.over)
  const open = list.placed.flatMap(({ request, gone }) => (gone ? [] : [request]))
  const waiting = query.data?.open ?? 0
  const mostUrgent = useMostUrgent(open, chosen)
  const id = chosen ?? (phone ? null : mostUrgent)
  const [many, setMany] = useState<ReadonlySet<string>>(new Set())
  const pick = (wanted: string) =>
    setMany((now) =>
      now.has(wanted)
        ? new Set([...now].filter((each) => each !== wanted))
        : new Set([...now, wanted]),
    )
  const index = open.findIndex((approval) => approval.id === id)

  const show = (approval: OpenRequest | undefined) => {
    if (approval !== undefined)
      void navigate({
        to: '/approvals/$approvalId',
        params: { approvalId: approval.id },
        replace: true,
      })
  }
  const following = open[index + 1] ?? open.find((approval) => approval.id !== id)
  const [cameAfter, setCameAfter] = useState<string | null>(null)
  const passed = () => {
    setCameAfter(following?.id ?? null)
    if (following === undefined) void navigate({ to: '/approvals' })
    else show(following)
  }
  const next = () => {
    if (id !== null) answeredHere.add(id)
    passed()
  }
  useHotkeys({
    repeat: ['j', 'k'],
    down: {
      x: id === null ? undefined : () => pick(id),
      j: () => show(open[index + 1]),
      k: () => show(open[Math.max(0, index - 1)]),
    },
  })

  if (query.data === undefined && query.failureReason !== null && chosen === null)
    return (
      <ErrorScreen
        level={1}
        told={told(query.failureReason, 'read')}
        retry={() => void query.refetch()}
      />
    )
  return (
    <div className="flex min-h-0 flex-1">
      <title>{`${waiting === 0 ? '' : `(${waiting}) `}Approvals · Holdpoint`}</title>
      <ApprovalList
        list={list}
        open={query.data?.open ?? null}
        expired={query.data?.expired ?? 0}
        lacking={query.data?.lacking ?? 0}
        failed={
          query.data === undefined && query.failureReason !== null
            ? {
                told: told(query.failureReason, 'read'),
                retry: () => void query.refetch(),
              }
            : undefined
        }
        chosen={id}
        hiddenOnPhone={chosen !== null}
        many={many}
        pick={pick}
        clear={() => setMany(new Set())}
        further={
          limit < inboxMost && open.length < waiting
            ? () => setLimit(Math.min(inboxMost, open.length + inboxWindow))
            : undefined
        }
        pointer={pointer.handlers}
      />
      {id === null && query.data === undefined ? (
        <div className="max-md:hidden min-w-0 grow">
          <Skeleton rows={10} label="Loading the approval" />
        </div>
      ) : id === null ? (
        <div className="max-md:hidden grow">
          <Notice title="Nothing waits for a decision">
            <p>An agent that asks for approval shows up here at once, with its deadline.</p>
          </Notice>
        </div>
      ) : (
        <ApprovalReview
          key={id}
          id={id}
          listed={open[index]}
          following={following}
          fresh={cameAfter === id}
          next={next}
          passed={passed}
          more={following !== undefined}
        />
      )}
    </div>
  )
}
