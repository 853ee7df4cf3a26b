import type { ApprovalToAnswer, Replies } from '@holdpoint/protocol'
import { Check, X } from 'lucide-react'
import { useRef, useState } from 'react'

import { failedChange } from '../errors/told'
import { FailedAct } from '../runs/FailedAct'
import { Button } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'
import { useJustChanged } from '../ui/useJustChanged'
import { answerWords, rejectWords, unansweredWords } from './answerWords'
import { EditButton } from './EditButton'
import { Grade } from './Grade'
import { onlyNoWords } from './mayAnswer'
import { MoreAnswers } from './MoreAnswers'
import { ReasonField } from './ReasonField'
import type { Deciding } from './useDecide'
import type { Editing } from './useDraft'

interface AnswersProps {
  readonly approval: ApprovalToAnswer
  readonly editing: Editing
  readonly may: Replies
  readonly deciding: Deciding
  /** Edits of an earlier version of the request were dropped. */
  readonly outdated: boolean
  /** It came into the place of one that was just answered. */
  readonly fresh: boolean
  readonly read: () => void
  readonly next: () => void
  readonly passed: () => void
}

/** Answers, says beforehand what each answer does, and goes on to the next. */
export function Answers(props: AnswersProps) {
  const { approval, editing, may, deciding, outdated, fresh, read, next, passed } = props
  const [rejecting, setRejecting] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const { reason, setReason, score, setScore, decide } = deciding
  const edited = editing.draft.kind === 'edited'
  // A double click on an answer is one answer, to one request.
  const just = useJustChanged(rejecting ? 'a reason' : 'the answers', fresh)
  const idle = !decide.isPending && !just
  const approve = idle && may.approve === null ? () => decide.mutate('approved') : undefined
  const reject = () => {
    if (rejecting) return decide.mutate('rejected')
    setRejecting(true)
    field.current?.focus()
  }
  const mayReject = idle && may.reject === null
  useHotkeys({ down: { a: approve, r: mayReject ? reject : undefined } })
  return (
    <footer className="border-line bg-surface flex shrink-0 flex-col gap-2 border-t p-3">
      <p role="status" className="text-small text-muted">
        {rejecting && may.reject === null
          ? rejectWords
          : (whyNoYes(approval, may) ?? answerWords(approval, edited))}
      </p>
      {outdated && (
        <p role="status" className="text-small font-medium">
          The request has changed since you edited it: your edits were dropped. Look at it again.
        </p>
      )}
      {approval.kind === 'output' && <Grade score={score} give={setScore} />}
      <div className="flex flex-wrap items-end gap-2">
        <ReasonField
          field={field}
          value={reason}
          change={setReason}
          rejecting={rejecting}
          giveUp={() => setRejecting(false)}
          send={!decide.isPending && may.reject === null ? reject : undefined}
        />
        <Button
          size="thumb"
          look={rejecting ? 'strong' : 'plain'}
          hotkey={rejecting ? 'Ctrl ↵' : 'R'}
          disabled={!mayReject}
          title={may.reject ?? undefined}
          onClick={reject}
        >
          <X aria-hidden className="size-3.5" /> {rejecting ? 'Send rejection' : 'Reject'}
        </Button>
        <MoreAnswers {...{ approval, may, passed, read }} answered={next} />
        <EditButton editing={editing} barred={may.edit} />
        <Button
          size="thumb"
          look={rejecting ? 'plain' : 'strong'}
          hotkey="A"
          disabled={approve === undefined}
          title={may.approve ?? undefined}
          onClick={approve}
        >
          <Check aria-hidden className="size-3.5" />{' '}
          {decide.isPending ? 'Requested…' : edited ? 'Approve edited' : 'Approve'}
        </Button>
      </div>
      <FailedAct
        failed={failedChange(decide.error)}
        dismiss={decide.reset}
        retry={() => {
          if (decide.variables !== undefined) decide.mutate(decide.variables)
        }}
      />
    </footer>
  )
}

/** Why there is no yes now, and what is left to a person whose yes would not count. */
function whyNoYes(approval: ApprovalToAnswer, may: Replies): string | null {
  if (may.approve === null) return null
  const { replies } = approval
  const onlyNo = replies.approve !== null && replies.edit !== null && may.reject === null
  return `${may.approve}${onlyNo ? ` ${onlyNoWords}` : ''}${unansweredWords(approval)}`
}
