import { useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'

/** Leads to what a run waits for, where the way here knew the run alone. */
export function OpenOfRun({ run }: { readonly run: string }) {
  const query = useQuery({
    ...untilRead,
    queryKey: ['approvals', 'of', run],
    queryFn: () => api.approvals.list.query({ status: 'open', runId: run, limit: 1 }),
    // Looked up anew each time: another request may be open by then.
    staleTime: 0,
    gcTime: 0,
  })
  if (query.data === undefined) {
    return query.failureReason === null ? (
      <Skeleton rows={8} label="Loading the request" />
    ) : (
      <ErrorScreen
        level={1}
        told={told(query.failureReason, 'read')}
        retry={() => void query.refetch()}
      />
    )
  }
  const [open] = query.data.rows
  if (open !== undefined)
    return <Navigate to="/approvals/$approvalId" params={{ approvalId: open.id }} replace />
  return (
    <Notice
      level={1}
      title="This run waits for no decision"
      actions={
        <Link to="/runs/$runId" params={{ runId: run }} className="underline">
          See the run
        </Link>
      }
    >
      <p>What it asked for has been answered, or was closed.</p>
    </Notice>
  )
}
