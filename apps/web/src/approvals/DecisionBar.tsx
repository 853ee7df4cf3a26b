import type { Approval } from '@holdpoint/protocol'
import { Check, PencilLine, X } from 'lucide-react'
import { useRef, useState } from 'react'

import { useBarred, useMe } from '../app/useMe'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { useFleetRun } from '../live/useLive'
import { Button } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'
import { answerWords, rejectWords } from './answerWords'
import { isAsked, notAskedWords } from './asked'
import { Closed, hasVoted, MayNot, Voted } from './Closed'
import { Grade } from './Grade'
import { MoreAnswers } from './MoreAnswers'
import { MoreTime } from './MoreTime'
import { isOpen } from './outcome'
import { ReasonField } from './ReasonField'
import { useDecide, waitsBecause } from './useDecide'
import type { Editing } from './useDraft'

interface DecisionBarProps {
  readonly approval: Approval
  readonly editing: Editing
  readonly read: () => void
  readonly next: () => void
  readonly more: boolean
}

/** What can be pressed now: an answer, more time for what has expired, or only on to the next. */
export function DecisionBar(props: DecisionBarProps) {
  const { approval, read, next, more } = props
  const barred = useBarred('decide', useFleetRun(approval.runId)?.agentId)
  const me = useMe()
  if (!isOpen(approval)) return <Closed approval={approval} next={next} more={more} />
  if (me !== undefined && !me.scopes.includes('decide')) return <MayNot next={next} more={more} />
  if (me !== undefined && hasVoted(approval, me.actor))
    return <Voted approval={approval} next={next} more={more} />
  if (barred !== null) return <Barred because={barred} />
  if (approval.expiredAt !== null) return <MoreTime approval={approval} read={read} />
  return <Answers {...props} />
}

const Barred = ({ because }: { readonly because: string }) => (
  <footer role="status" className="border-line bg-surface shrink-0 border-t p-3">
    <p className="text-muted">{because}</p>
  </footer>
)

/** Answers, says beforehand what each answer does, and goes on to the next. */
function Answers({ approval, editing, read, next }: DecisionBarProps) {
  const [rejecting, setRejecting] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const { reason, setReason, score, setScore, decide } = useDecide({
    approval,
    editing,
    read,
    next,
  })
  const me = useMe()
  const asked = me === undefined || isAsked(approval, me.actor)
  const edited = editing.draft.kind === 'edited'
  const waits = asked ? waitsBecause(editing) : notAskedWords
  const ungraded = approval.kind === 'output' && score === null
  const may = !decide.isPending && !ungraded
  const approve = may && waits === null ? () => decide.mutate('approved') : undefined
  const reject = () => {
    if (rejecting) return decide.mutate('rejected')
    setRejecting(true)
    field.current?.focus()
  }
  const edit = editing.barred === null && editing.text === null ? editing.begin : undefined
  useHotkeys({ down: { a: approve, e: edit, r: may ? reject : undefined } })
  return (
    <footer className="border-line bg-surface flex shrink-0 flex-col gap-2 border-t p-3">
      <p className="text-small text-muted">
        {waits ?? (rejecting ? rejectWords : answerWords(approval, edited))}
      </p>
      {approval.kind === 'output' && <Grade score={score} give={setScore} />}
      <div className="flex flex-wrap items-end gap-2">
        <ReasonField
          field={field}
          value={reason}
          change={setReason}
          rejecting={rejecting}
          giveUp={() => setRejecting(false)}
          send={may ? reject : undefined}
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
        <MoreAnswers
          approval={approval}
          answered={next}
          read={read}
          whole={editing.text === null}
        />
        <EditButton editing={editing} />
        <Button
          size="thumb"
          look={rejecting ? 'plain' : 'strong'}
          hotkey="A"
          disabled={approve === undefined}
          onClick={approve}
        >
          <Check aria-hidden className="size-3.5" />{' '}
          {decide.isPending ? 'Requested…' : edited ? 'Approve edited' : 'Approve'}
        </Button>
      </div>
      {decide.error !== null && (
        <ErrorLine told={told(decide.error, 'change')} dismiss={decide.reset} />
      )}
    </footer>
  )
}

function EditButton({ editing }: { readonly editing: Editing }) {
  const { barred, text, begin, drop } = editing
  return text === null ? (
    <Button
      size="thumb"
      hotkey="E"
      disabled={barred !== null}
      title={barred ?? 'Approve other arguments than were asked for'}
      onClick={begin}
    >
      <PencilLine aria-hidden className="size-3.5" /> Edit
    </Button>
  ) : (
    <Button size="thumb" onClick={drop}>
      Drop edits
    </Button>
  )
}
