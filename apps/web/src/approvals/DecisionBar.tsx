import type { ApprovalToAnswer } from '@holdpoint/protocol'

import { Answers } from './Answers'
import { Closed, OnlyNext } from './Closed'
import { EditButton } from './EditButton'
import { mayAnswer, noAnswer } from './mayAnswer'
import { MoreAnswers } from './MoreAnswers'
import { MoreTime } from './MoreTime'
import { isOpen } from './outcome'
import { useDecide } from './useDecide'
import type { Editing } from './useDraft'
import type { Typed } from './useKept'

interface DecisionBarProps {
  readonly approval: ApprovalToAnswer
  readonly editing: Editing
  readonly typed: Typed
  /** It came into the place of one that was just answered. */
  readonly fresh: boolean
  readonly read: () => void
  readonly next: () => void
  /** On to the next, although this one stays open. */
  readonly passed: () => void
  readonly more: boolean
}

/** What can be pressed now: an answer, more time for what has expired, or only on to the next. */
export function DecisionBar({
  approval,
  editing,
  typed,
  fresh,
  read,
  next,
  passed,
  more,
}: DecisionBarProps) {
  const deciding = useDecide({ approval, editing, typed, read, next })
  const ungraded = approval.kind === 'output' && deciding.score === null
  if (!isOpen(approval)) return <Closed approval={approval} next={next} more={more} />
  if (approval.expiredAt !== null && approval.replies.extend === null)
    return <MoreTime approval={approval} read={read} />
  const may = mayAnswer(approval, { ...editing, ungraded })
  const none = editing.text === null ? noAnswer(approval.replies) : null
  if (none !== null) {
    return (
      <OnlyNext
        next={next}
        more={more}
        beside={
          <>
            {may.edit === null && <EditButton editing={editing} barred={null} />}
            <MoreAnswers {...{ approval, may, passed, read }} answered={next} />
          </>
        }
      >
        <span className="text-muted">{approval.expiredAt === null ? none : may.extend}</span>
      </OnlyNext>
    )
  }
  return (
    <Answers
      {...{ approval, editing, fresh, read, next, passed, may, deciding }}
      outdated={typed.outdated}
    />
  )
}
