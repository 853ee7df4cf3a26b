import type { Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Elapsed, TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'
import { askedStep } from './asking'
import { Risk } from './Risk'

interface ApprovalListProps {
  readonly open: readonly Approval[]
  readonly chosen: string | null
  readonly hiddenOnPhone: boolean
}

export function ApprovalList({ open, chosen, hiddenOnPhone }: ApprovalListProps) {
  return (
    <section
      aria-label="Open approvals"
      className={`border-line flex w-full shrink-0 flex-col overflow-y-auto md:w-76 md:border-r ${hiddenOnPhone ? 'max-md:hidden' : ''}`}
    >
      <h1 className="text-title border-line bg-bg sticky top-0 z-10 flex h-10 shrink-0 items-center gap-2 border-b px-3 font-semibold">
        Approvals <span className="text-muted font-normal">{open.length}</span>
      </h1>
      {open.length === 0 && (
        <p className="text-muted px-3 py-3 md:hidden">Nothing waits for a decision.</p>
      )}
      <ul>
        {open.map((approval) => (
          <li key={approval.id} className="border-line border-b">
            <Link
              to="/approvals/$approvalId"
              params={{ approvalId: approval.id }}
              replace
              aria-current={approval.id === chosen ? 'true' : undefined}
              className={`flex flex-col px-3 py-2 focus-visible:-outline-offset-2 ${approval.id === chosen ? 'bg-selected' : 'hover:bg-raised'}`}
            >
              <span className="flex items-baseline gap-2">
                <span className="truncate font-medium">{approval.run.agentId}</span>
                <span className="text-muted ml-auto text-small whitespace-nowrap">
                  <When approval={approval} />
                </span>
              </span>
              <span className="truncate font-mono text-small">
                {approval.tool === null ? (
                  <span className="text-muted font-sans">{asks(approval)}</span>
                ) : (
                  visible(`${approval.tool} ${approval.target ?? ''}`)
                )}
              </span>
              <span className="text-muted flex gap-2 text-small">
                <Risk approval={approval} />
                <span className="truncate">{visible(approval.run.goal ?? '')}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

const asks = ({ run }: Approval) => {
  const step = askedStep(run)
  return step === null ? 'asks to go on' : visible(`asks to go on past ${step}`)
}

const When = ({ approval }: { readonly approval: Approval }) =>
  approval.expiresAt === null ? (
    <>
      waits <Elapsed since={approval.requestedAt} />
    </>
  ) : (
    <TimeLeft until={approval.expiresAt} />
  )
