import type { Approval } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../app/trpc'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Elapsed } from '../time/Ticking'
import { Button } from '../ui/Button'

interface MoreTimeProps {
  readonly approval: Approval
  readonly read: () => void
}

const choices = [
  { words: '15 more minutes', ms: 15 * 60_000 },
  { words: '1 more hour', ms: 3_600_000 },
  { words: '8 more hours', ms: 8 * 3_600_000 },
] as const

/** Nobody decided in time, and its run is still held: it can be given more time, and then be decided. */
export function MoreTime({ approval, read }: MoreTimeProps) {
  const extend = useMutation({
    mutationFn: (ms: number) =>
      api.approvals.extend.mutate({
        id: approval.id,
        version: approval.version,
        until: new Date(Date.now() + ms).toISOString(),
        reason: null,
      }),
    onSettled: read,
  })
  return (
    <footer className="border-line bg-surface flex shrink-0 flex-col gap-2 border-t p-3">
      <p role="status">
        <span className="text-bad font-medium">Expired</span>{' '}
        <span className="text-muted">
          {approval.expiredAt !== null && (
            <>
              <Elapsed since={approval.expiredAt} /> ago
            </>
          )}
          . Nobody decided in time: nothing was approved, nothing was refused, and the run stays
          held. Give it more time to decide, or kill it on{' '}
          <Link to="/runs/$runId" params={{ runId: approval.runId }} className="underline">
            the page of its run
          </Link>
          .
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        {choices.map(({ words, ms }) => (
          <Button
            key={ms}
            size="thumb"
            disabled={extend.isPending}
            onClick={() => extend.mutate(ms)}
          >
            {words}
          </Button>
        ))}
      </div>
      {extend.error !== null && (
        <ErrorLine told={told(extend.error, 'change')} dismiss={extend.reset} />
      )}
    </footer>
  )
}
