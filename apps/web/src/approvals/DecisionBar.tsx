import type { Approval, Decision } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useRef, useState } from 'react'

import { api } from '../app/trpc'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { dateTime } from '../time/format'
import { Button } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'
import { visible } from '../ui/visible'
import { outcomeWords } from './outcome'

interface DecisionBarProps {
  readonly approval: Approval
  readonly open: boolean
  readonly read: () => void
  readonly next: () => void
  readonly more: boolean
}

const rejectWords =
  'The agent is told no and reads your reason. It may then go on without this, or end. Esc takes it back.'

/** What each answer does, and no more than that: what the agent then does is its own. */
const answerWords = (approval: Approval): string =>
  approval.expiresAt === null
    ? eachAnswer(approval)
    : `${eachAnswer(approval)} Without an answer ${approval.onExpiry === 'reject' ? 'it is closed at its deadline, and the agent reads that' : 'it stays held, also past its deadline'}.`

const eachAnswer = ({ tool }: Approval): string =>
  tool === null
    ? 'Approve lifts the hold: the agent goes on when it next reads its row. Reject tells it no, with your reason.'
    : `Approve tells the agent yes and lets its run go on to ${visible(tool.slice(0, 80))}; and nothing but what stands here. Reject tells it no, with your reason.`

/** Answers, says beforehand what each answer does, and goes on to the next. */
export function DecisionBar({ approval, open, read, next, more }: DecisionBarProps) {
  const [reason, setReason] = useState('')
  const [rejecting, setRejecting] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const decide = useMutation({
    mutationFn: (decision: Decision) =>
      api.approvals.decide.mutate({
        id: approval.id,
        version: approval.version,
        decision,
        reason: reason.trim() === '' ? null : reason.trim(),
      }),
    onSuccess: next,
    onError: read,
  })
  const approve = () => decide.mutate('approved')
  const reject = () => {
    if (rejecting) return decide.mutate('rejected')
    setRejecting(true)
    field.current?.focus()
  }
  const may = open && approval.expiredAt === null && !decide.isPending
  useHotkeys({ down: may ? { a: approve, r: reject } : {} })

  if (!open) return <Closed approval={approval} next={next} more={more} />
  return (
    <footer className="border-line bg-surface flex shrink-0 flex-col gap-2 border-t p-3">
      <p className="text-small text-muted">{rejecting ? rejectWords : answerWords(approval)}</p>
      <div className="flex flex-wrap items-end gap-2">
        <textarea
          ref={field}
          rows={rejecting ? 2 : 1}
          aria-label="Reason"
          placeholder={rejecting ? 'Why not? The agent reads this' : 'Reason (reaches the agent)'}
          value={reason}
          maxLength={2000}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setRejecting(false)
              event.currentTarget.blur()
            }
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && may) reject()
          }}
          className="bg-bg border-line placeholder:text-muted min-h-7 w-full flex-1 resize-none rounded-ctl border px-2.5 py-1 max-md:min-h-11 max-md:basis-full max-md:text-[16px] md:min-w-60"
        />
        <Button
          size="thumb"
          look={rejecting ? 'strong' : 'plain'}
          hotkey={rejecting ? 'Ctrl ↵' : 'R'}
          disabled={!may}
          onClick={reject}
        >
          <X aria-hidden className="size-3.5" /> {rejecting ? 'Send rejection' : 'Reject'}
        </Button>
        <Button
          size="thumb"
          look={rejecting ? 'plain' : 'strong'}
          hotkey="A"
          disabled={!may}
          onClick={approve}
        >
          <Check aria-hidden className="size-3.5" /> {decide.isPending ? 'Requested…' : 'Approve'}
        </Button>
      </div>
      {decide.error !== null && (
        <ErrorLine told={told(decide.error, 'change')} dismiss={decide.reset} />
      )}
    </footer>
  )
}

interface ClosedProps {
  readonly approval: Approval
  readonly next: () => void
  readonly more: boolean
}

/** Decided by someone, or closed: who and when, and nothing left to press but next. */
function Closed({ approval, next, more }: ClosedProps) {
  const at = approval.decidedAt ?? approval.closedAt
  return (
    <footer
      role="status"
      className="border-line bg-surface flex shrink-0 items-center gap-3 border-t p-3"
    >
      <p className="grow">
        <span className="font-medium first-letter:uppercase">{outcomeWords(approval)}</span>
        {at !== null && <span className="text-muted"> at {dateTime(Date.parse(at))}</span>}
      </p>
      {more && (
        <Button size="thumb" hotkey="J" onClick={next}>
          Next
        </Button>
      )}
    </footer>
  )
}
