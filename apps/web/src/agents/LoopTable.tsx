import type { Loop } from '@holdpoint/protocol'

import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Command, Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { type Column, deskOnly, TableHead } from '../ui/TableHead'
import { LoopRow } from './LoopRow'
import { useLoops } from './useLoops'

const columns: readonly Column[] = [
  { title: 'Loop' },
  { title: 'Agent', only: deskOnly },
  { title: 'Schedule', only: deskOnly },
  { title: 'Next due', only: deskOnly },
  { title: 'Last fired', only: deskOnly },
  { title: 'Last 20, newest at the right', only: deskOnly },
]

const troubled = (loop: Loop) => Number(loop.overdueSince !== null || loop.trouble !== null)

/** Loops that said when they will be heard of: when they are due, and whether they came. */
export function LoopTable() {
  const query = useLoops()
  if (query.data === undefined) {
    return query.failureReason === null ? (
      <Skeleton rows={6} label="Loading loops" />
    ) : (
      <ErrorScreen told={told(query.failureReason, 'read')} retry={() => void query.refetch()} />
    )
  }
  if (query.data.length === 0) return <NoLoops />
  const overdueFirst = query.data.toSorted((a, b) => troubled(b) - troubled(a))
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      {query.failureReason !== null && (
        <div className="border-line border-b px-3 py-1.5">
          <ErrorLine
            told={{
              ...told(query.failureReason, 'read'),
              notDone: 'What is shown is as it was read last.',
            }}
          />
        </div>
      )}
      <table className="w-full border-collapse">
        <TableHead columns={columns} />
        <tbody>
          {overdueFirst.map((loop) => (
            <LoopRow key={`${loop.agentId} ${loop.name}`} loop={loop} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const NoLoops = () => (
  <Notice title="No loop has said when it is due">
    <p>
      A loop that declares itself is missed here when it does not come: within its grace, day or
      night, whoever should have started it. Its agent says so once, with its own login:
    </p>
    <Command>{`select declare_loop('{"agentId": "NAME", "name": "nightly", "cron": "0 3 * * *", "timeZone": "UTC"}')`}</Command>
    <p>
      Then each run that names the loop is a firing of it. One that an event starts says
      <code className="font-mono text-small"> "event"</code> and
      <code className="font-mono text-small"> "expectMs"</code> instead of
      <code className="font-mono text-small"> "cron"</code>.
    </p>
  </Notice>
)
