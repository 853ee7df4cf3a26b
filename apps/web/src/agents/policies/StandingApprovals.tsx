import { spokenActor, type StandingApproval } from '@holdpoint/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import { useBarred } from '../../app/useMe'
import { ErrorLine } from '../../errors/ErrorNote'
import { failedChange, told } from '../../errors/told'
import { FailedAct } from '../../runs/FailedAct'
import { TimeLeft } from '../../time/Ticking'
import { Button } from '../../ui/Button'
import { visible } from '../../ui/visible'

/** Yeses that reach further than one call, as long as they stand; each can be taken back. */
export function StandingApprovals() {
  const query = useQuery({
    ...untilRead,
    queryKey: ['approvals', 'standing'],
    queryFn: () => api.approvals.standing.query({ limit: 100 }),
    refetchInterval: 10_000,
  })
  const revoke = useMutation({
    mutationFn: (one: StandingApproval) =>
      api.approvals.revokeStanding.mutate({ id: one.id, reason: null }),
    onSettled: () => void query.refetch(),
  })
  const standing = query.data?.rows ?? []
  return (
    <section aria-label="Standing approvals">
      <h2 className="label border-line flex h-9 items-center border-b px-3 font-normal">
        Standing approvals{query.data !== undefined && `: ${standing.length}`}
      </h2>
      {query.failureReason !== null && (
        <div className="px-3 py-2">
          <ErrorLine told={told(query.failureReason, 'read')} />
        </div>
      )}
      {revoke.error !== null && (
        <div className="px-3 py-2">
          <FailedAct
            failed={failedChange(revoke.error)}
            dismiss={revoke.reset}
            retry={() => {
              if (revoke.variables !== undefined) revoke.mutate(revoke.variables)
            }}
          />
        </div>
      )}
      {query.data !== undefined && standing.length === 0 && (
        <p className="text-muted px-3 py-2">
          None. A reviewer can approve a call together with calls like it, in bounds; it is listed
          here until it is used up, over, or taken back.
        </p>
      )}
      <ul>
        {standing.map((one) => (
          <li
            key={one.id}
            className="border-line flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-3 py-2"
          >
            <p className="min-w-0 flex-1 basis-80 wrap-anywhere">
              <span className="font-mono text-small">{visible(one.tool)}</span> of{' '}
              {visible(one.agentId)}
              {one.target !== null && ` on ${visible(one.target.slice(0, 120))}`}
              {one.condition !== null && (
                <>
                  {' where '}
                  <span className="font-mono text-small">{visible(one.condition)}</span>
                </>
              )}
            </p>
            <p className="text-muted">{usesWords(one)}</p>
            <p className="text-muted whitespace-nowrap">
              {one.expiresAt === null ? 'until its run ends' : <TimeLeft until={one.expiresAt} />}
            </p>
            <Link
              to="/approvals/$approvalId"
              params={{ approvalId: one.approvalId }}
              className="text-accent underline"
            >
              by {visible(spokenActor(one.createdBy))}
            </Link>
            <TakeBack one={one} busy={revoke.isPending} act={() => revoke.mutate(one)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface TakeBackProps {
  readonly one: StandingApproval
  readonly busy: boolean
  readonly act: () => void
}

/** Offered to whoever may decide for that agent. */
function TakeBack({ one, busy, act }: TakeBackProps) {
  const barred = useBarred('decide', one.agentId)
  return (
    <Button
      size="thumb"
      disabled={busy || barred !== null}
      title={barred ?? undefined}
      aria-label={visible(`Take back ${one.tool} of ${one.agentId}`)}
      onClick={act}
    >
      Take back
    </Button>
  )
}

const usesWords = ({ uses, maxUses }: StandingApproval): string =>
  maxUses === null ? `used ${uses} times` : `used ${uses} of ${maxUses} times`
