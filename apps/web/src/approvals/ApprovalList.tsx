import type { Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Elapsed, TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'
import { askedStep } from './asking'
import { ManyBar } from './ManyBar'
import { Risk } from './Risk'

interface ApprovalListProps {
  readonly open: readonly Approval[]
  readonly chosen: string | null
  readonly hiddenOnPhone: boolean
  /** Chosen to be answered together. */
  readonly many: ReadonlySet<string>
  readonly pick: (id: string) => void
  readonly clear: () => void
}

export function ApprovalList(props: ApprovalListProps) {
  const { open, chosen, hiddenOnPhone, many, pick, clear } = props
  const together = open.filter(({ id }) => many.has(id)).map(({ id }) => id as string)
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
          <li key={approval.id} className="border-line group relative border-b">
            <input
              type="checkbox"
              aria-label={`Choose ${approval.tool ?? 'the request'} of ${approval.run.agentId}`}
              checked={many.has(approval.id)}
              onChange={() => pick(approval.id)}
              className={`accent-accent absolute right-3 bottom-2.5 z-10 size-3.5 max-md:size-5 ${together.length > 0 ? '' : 'md:opacity-0 md:group-hover:opacity-100 md:focus-visible:opacity-100'}`}
            />
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
                <span className="truncate pr-6">{visible(approval.run.goal ?? '')}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <ManyBar chosen={together} clear={clear} />
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
