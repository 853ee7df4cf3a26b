import type { Approval, Run } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../../app/trpc'
import { approvalsOf as approvalPage } from '../../app/wire'
import { askedFor, asksFor } from '../../approvals/asking'
import { outcomeWords } from '../../approvals/outcome'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'

async function approvalsOf(run: Run): Promise<readonly Approval[]> {
  const [open, closed] = await Promise.all([
    api.approvals.list.query({ runId: run.id, status: 'open', limit: 200 }),
    api.approvals.list.query({ runId: run.id, status: 'closed', limit: 200 }),
  ])
  return [...approvalPage(open).rows, ...approvalPage(closed).rows]
}

/** What this run has asked for and what came of it. */
export function ApprovalsTab({ run }: { readonly run: Run }) {
  const query = useQuery({
    queryKey: ['runs', run.id, 'approvals', run.status, run.heldBy.join()],
    queryFn: () => approvalsOf(run),
    placeholderData: keepPreviousData,
  })
  if (query.error !== null)
    return <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton rows={3} label="Loading approvals" />
  if (query.data.length === 0) return <Notice title="This run has asked for no approval" />
  return (
    <ul className="overflow-y-auto">
      {query.data.map((approval) => (
        <li key={approval.id} className="border-line hover:bg-raised border-b">
          <Link
            to="/approvals/$approvalId"
            params={{ approvalId: approval.id }}
            className="grid min-h-8 items-center gap-x-4 px-3 py-1 md:grid-cols-[1fr_2fr_auto]"
          >
            <span className={`truncate ${askedFor(approval).call ? 'font-mono text-small' : ''}`}>
              {visible(asksFor(approval))}
            </span>
            <span className="truncate">{outcomeWords(approval)}</span>
            <time className="text-muted">{dateTime(Date.parse(approval.askedAt))}</time>
          </Link>
        </li>
      ))}
    </ul>
  )
}
