import type { RunId } from '@holdpoint/protocol'
import { Hand } from 'lucide-react'

import { asksFor } from '../approvals/asking'
import { dateTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { Notice } from '../ui/Notice'
import { visible } from '../ui/visible'
import { usePastState } from './usePast'

/** What the run waited for then. What had been decided before stands in the timeline. */
export function PastApprovalsTab({ id }: { readonly id: RunId }) {
  const run = usePastState().shown?.run
  const open = run?.id === id ? (run.told?.openApprovals ?? []) : []
  if (open.length === 0)
    return (
      <Notice title="No approval waited then">
        <p>What was asked and decided before stands among the events of the timeline.</p>
      </Notice>
    )
  return (
    <div className="overflow-y-auto">
      <ul aria-label="Approvals that waited then">
        {open.map(({ approvalId, requestedAt, ...asked }) => (
          <li
            key={approvalId}
            className="border-line grid min-h-8 items-center gap-x-4 border-b px-3 py-1 md:grid-cols-[1fr_2fr_auto]"
          >
            <span className="flex min-w-0 items-center gap-1.5">
              <Hand aria-hidden className="text-asking size-3.5 shrink-0" />
              <span className="truncate font-mono text-small">{visible(asksFor(asked))}</span>
            </span>
            <span>
              waited <Ago at={requestedAt} />
            </span>
            <time className="text-muted" dateTime={requestedAt}>
              {dateTime(Date.parse(requestedAt))}
            </time>
          </li>
        ))}
      </ul>
      <p className="label px-3 py-2">
        Waiting then; what became of it is not told here. What was decided before stands among the
        events of the timeline.
      </p>
    </div>
  )
}
