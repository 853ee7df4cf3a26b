import { type ApprovalToAnswer, type QuorumGroup, shortActor } from '@holdpoint/protocol'
import { Check, X } from 'lucide-react'

import { clockTime, dateTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'
import { isOpen } from './outcome'

/** Whose word is needed, whose has been given, and who is asked next. */
export function WhoDecides({ approval }: { readonly approval: ApprovalToAnswer }) {
  const { quorum, votes, policy, assignees, handedOn, nextAsked, fourEyes, lacksPeople } = approval
  return (
    <section aria-label="Who decides" className="flex flex-col gap-1">
      <h3 className="label font-normal">Who decides</h3>
      <ul className="flex flex-col gap-0.5">
        {quorum === null ? (
          <li>One person who may decide</li>
        ) : (
          quorum.map((group) => <Group key={group.name} group={group} />)
        )}
        {quorum !== null && <li className="text-muted">One no is enough. Nobody counts twice.</li>}
        {fourEyes && <li className="text-muted">Whoever asked for it does not decide.</li>}
        {assignees.length > 0 && quorum === null && (
          <li className="text-muted">Meant for {visible(assignees.map(shortActor).join(', '))}</li>
        )}
        {handedOn.length > 0 && (
          <li className="text-muted">
            Handed on by {visible(handedOn.map(shortActor).join(', '))}, who{' '}
            {handedOn.length === 1 ? 'does' : 'do'} not answer it
          </li>
        )}
        {nextAsked !== null && isOpen(approval) && (
          <li className="text-muted">
            Asked next: {visible(nextAsked.map(shortActor).join(', '))}
          </li>
        )}
      </ul>
      {lacksPeople && (
        <p role="status" className="text-holding">
          Too few are left who could say yes. An administrator can ask others with Escalate; a no
          ends it.
        </p>
      )}
      {votes.length > 0 && (
        <ol aria-label="Votes" className="mt-1 flex flex-col gap-1">
          {votes.map((vote) => (
            <li
              key={`${vote.actor} ${vote.at}`}
              className={vote.counts && vote.voidSince === null && !vote.behind ? '' : 'text-muted'}
            >
              <span className="inline-flex items-center gap-1.5">
                {vote.vote === 'approve' ? (
                  <Check aria-hidden className="size-3.5" />
                ) : (
                  <X aria-hidden className="size-3.5" />
                )}
                {visible(shortActor(vote.actor))}{' '}
                {vote.vote === 'approve' ? 'approved' : 'rejected'},{' '}
                <Ago at={vote.at} suffix=" ago" />
                {!vote.counts && ', before the edit: it counts no more'}
              </span>
              {vote.behind && (
                <p className="text-holding pl-5">
                  It does not count: {visible(shortActor(vote.actor))} owns this agent’s login now.
                </p>
              )}
              {vote.voidSince !== null && (
                <p className="text-holding pl-5">
                  {visible(shortActor(vote.actor))}’s {vote.vote === 'approve' ? 'yes' : 'no'} no
                  longer counts: not theirs to give since{' '}
                  <time dateTime={vote.voidSince} title={dateTime(Date.parse(vote.voidSince))}>
                    {clockTime(Date.parse(vote.voidSince))}
                  </time>
                </p>
              )}
              {vote.reason !== null && (
                <p className="text-muted pl-5">
                  <Words text={vote.reason} limit={160} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
      <p className="text-muted text-small">
        {policy === null
          ? 'No policy rules it.'
          : `Policy “${visible(policy.name)}”, version ${policy.version}`}
      </p>
    </section>
  )
}

function Group({ group: { name, count, members } }: { readonly group: QuorumGroup }) {
  return (
    <li>
      {count} of {visible(name)}
      {members !== undefined && (
        <span className="text-muted"> ({visible(members.map(shortActor).join(', '))})</span>
      )}
    </li>
  )
}
