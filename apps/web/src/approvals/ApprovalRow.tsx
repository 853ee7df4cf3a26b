import { type OpenRequest, shortActor } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { useMe } from '../app/useMe'
import { Elapsed, TimeLeft } from '../time/Ticking'
import { MiddleCut } from '../ui/MiddleCut'
import { visible } from '../ui/visible'
import { askedFor, askedStep, asksFor, goalBeside } from './asking'
import type { Placed } from './inPlace'
import { Risk } from './Risk'

interface ApprovalRowProps {
  readonly placed: Placed
  readonly current: boolean
  readonly picked: boolean
  /** Some are chosen: every row shows its box. */
  readonly choosing: boolean
  readonly pick: (id: string) => void
}

/** A key or a link may choose what is out of sight; rows on the way there get their heights only once they are near. */
function reveal(row: HTMLLIElement | null): void {
  const show = () => row?.scrollIntoView({ block: 'nearest' })
  show()
  requestAnimationFrame(show)
}

/** Who asks for what, by when, what for, and at what risk. */
export function ApprovalRow({ placed, current, picked, choosing, pick }: ApprovalRowProps) {
  const { request, gone } = placed
  const { id, tool, agentId } = request
  const goal = goalBeside(request.goal, request)
  const { words, call } = askedFor(request)
  return (
    <li
      ref={current ? reveal : undefined}
      className="border-line group relative scroll-mt-10 scroll-mb-12 border-b [contain-intrinsic-size:auto_85px] [content-visibility:auto]"
    >
      {!gone && (
        <input
          type="checkbox"
          aria-label={visible(`Choose ${tool ?? 'the request'} of ${agentId}`)}
          checked={picked}
          onChange={() => pick(id)}
          className={`accent-accent absolute right-3 bottom-2.5 z-10 size-3.5 max-md:size-5 ${choosing ? '' : 'md:opacity-0 md:group-hover:opacity-100 md:focus-visible:opacity-100'}`}
        />
      )}
      <Link
        to="/approvals/$approvalId"
        params={{ approvalId: id }}
        replace
        aria-current={current ? 'true' : undefined}
        className={`flex flex-col px-3 py-2 focus-visible:-outline-offset-2 ${current ? 'bg-selected' : 'hover:bg-raised'}`}
      >
        <span className="flex items-baseline gap-2">
          <span className={`truncate font-medium ${gone ? 'text-muted' : ''}`}>
            {visible(agentId)}
          </span>
          <span className="text-muted ml-auto text-small whitespace-nowrap">
            {gone ? 'open no more' : <When request={request} />}
          </span>
        </span>
        <span className={`truncate font-mono text-small ${gone ? 'text-muted' : ''}`}>
          {call ? (
            <MiddleCut text={words} />
          ) : (
            <span className="text-muted font-sans">{asks(request)}</span>
          )}
        </span>
        {goal !== null && (
          // In quotes, as all that is an agent's own claim; a row has no room for the words of the mark.
          <span
            className="text-muted truncate pr-6 text-small"
            title="Written by the agent, not checked"
          >
            <span className="sr-only">In the agent’s words: </span>
            <q>{visible(goal)}</q>
          </span>
        )}
        {request.lacksSince !== null && <TooFew />}
        <span className="text-muted truncate pr-6 text-small empty:hidden">
          <Risk approval={request} />
          <HandedOn by={request.handedOn} />
        </span>
      </Link>
    </li>
  )
}

/** It comes first: nobody will answer it before somebody else is asked. */
const TooFew = () => (
  <span className="text-holding truncate text-small">too few people left to say yes</span>
)

/** Whose answer it no longer is: for them nothing is left to do. */
function HandedOn({ by }: { by: readonly string[] }) {
  const me = useMe()
  if (by.length === 0) return null
  const mine = me !== undefined && by.includes(me.actor)
  return (
    <span className="not-first:before:content-['_·_']">
      {mine ? 'you handed it on' : `handed on by ${visible(by.map(shortActor).join(', '))}`}
    </span>
  )
}

function asks(request: OpenRequest): string {
  const step = request.tool === null && request.kind === 'action' ? askedStep(request) : null
  return visible(step === null ? asksFor(request) : `asks to go on past ${step}`)
}

function When({ request: { expiredAt, expiresAt, askedAt } }: { request: OpenRequest }) {
  if (expiredAt !== null) {
    return (
      <span className="text-bad">
        expired <Elapsed since={expiredAt} /> ago
      </span>
    )
  }
  if (expiresAt !== null) return <TimeLeft until={expiresAt} />
  return (
    <>
      waits <Elapsed since={askedAt} />
    </>
  )
}
