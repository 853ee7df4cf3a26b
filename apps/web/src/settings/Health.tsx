import type { HealthFact, SystemHealth } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Mark } from '../runs/StateMark'
import { Ago } from '../time/Ticking'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { summaryOf, verdictLooks } from './healthWords'

const healthQuery = {
  ...untilRead,
  queryKey: ['settings', 'health'],
  queryFn: () => api.system.health.query(),
  // Not while the page is hidden.
  refetchInterval: 5000,
} as const

/** How Holdpoint itself does: each fact with a verdict, and what to do about it. */
export function Health() {
  const query = useQuery(healthQuery)
  const { data, failureReason } = query
  return (
    <section aria-label="Health" className="flex flex-col">
      {data === undefined ? (
        failureReason === null ? (
          <Skeleton rows={8} label="Loading health" />
        ) : (
          <ErrorScreen told={told(failureReason, 'read')} retry={() => void query.refetch()} />
        )
      ) : (
        <>
          {failureReason !== null && (
            <div className="px-3 py-1.5">
              <ErrorLine
                told={{
                  ...told(failureReason, 'read'),
                  notDone: 'What is shown is as it was read last.',
                }}
              />
            </div>
          )}
          <Facts health={data} />
        </>
      )}
    </section>
  )
}

const Facts = ({ health: { facts, startedAt, version } }: { readonly health: SystemHealth }) => (
  <>
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <p role="status" className="font-medium">
        {summaryOf(facts)}
      </p>
      <p className="label">
        Holdpoint {version}, this server started <Ago at={startedAt} suffix=" ago" />. Read each 5
        s.
      </p>
    </div>
    <ul aria-label="Facts" className="border-line border-t">
      {facts.map((fact) => (
        <Fact key={fact.id} fact={fact} />
      ))}
    </ul>
  </>
)

function Fact({ fact: { title, verdict, says, toDo } }: { readonly fact: HealthFact }) {
  const { word, shape, tone, className } = verdictLooks[verdict]
  return (
    <li className="border-line grid grid-cols-[5.5rem_1fr] items-baseline gap-x-3 border-b px-3 py-2 md:grid-cols-[5.5rem_15rem_1fr]">
      <span className="flex items-center gap-1.5 self-start">
        <Mark shape={shape} tone={tone} />
        <span className={className}>{word}</span>
      </span>
      <span className="font-medium">{title}</span>
      <span className="min-w-0 break-words max-md:col-start-2">
        {visible(says)}
        {toDo !== null && <span className="text-muted block">{toDo}</span>}
      </span>
    </li>
  )
}
