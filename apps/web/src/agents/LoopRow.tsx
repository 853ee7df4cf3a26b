import type { Instant, Loop } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { useNow } from '../live/useNow'
import { LoopMark } from '../runs/LoopMark'
import { dateTime, duration } from '../time/format'
import { Ago, Elapsed } from '../time/Ticking'
import { visible } from '../ui/visible'
import { FiringMarks } from './FiringMarks'
import { scheduleWords } from './loopWords'

const cell = 'px-3 py-1.5 align-top'

export function LoopRow({ loop }: { readonly loop: Loop }) {
  const troubled = loop.overdueSince !== null || loop.trouble !== null
  return (
    <tr className="border-line hover:bg-raised border-b">
      <th scope="row" className={`${cell} text-left font-normal`}>
        <span className="flex items-center gap-1.5">
          {troubled && <LoopMark />}
          <span className="font-medium">{visible(loop.name)}</span>
        </span>
        {loop.goal !== null && (
          <span className="label line-clamp-1 max-w-80">{visible(loop.goal)}</span>
        )}
        <span className="label block md:hidden">
          {visible(loop.agentId)} · {scheduleWords(loop)}
        </span>
        <span className="mt-1 block md:hidden">
          <NextDue loop={loop} />
          <FiringMarks firings={loop.firings} />
        </span>
      </th>
      <td className={`${cell} max-md:hidden`}>
        <Link to="/" search={{ agent: [loop.agentId] }} className="hover:underline">
          {visible(loop.agentId)}
        </Link>
      </td>
      <td className={`${cell} max-md:hidden`}>
        {scheduleWords(loop)}
        {loop.cron !== null && (
          <code className="text-muted block font-mono text-small">{loop.cron}</code>
        )}
      </td>
      <td className={`${cell} whitespace-nowrap max-md:hidden`}>
        <NextDue loop={loop} />
      </td>
      <td className={`${cell} whitespace-nowrap max-md:hidden`}>
        <LastFired loop={loop} />
      </td>
      <td className={`${cell} max-md:hidden`}>
        <FiringMarks firings={loop.firings} />
      </td>
    </tr>
  )
}

function NextDue({ loop }: { readonly loop: Loop }) {
  const { overdueSince, nextDueAt, trouble, missed } = loop
  return (
    <>
      {overdueSince !== null && (
        <span className="text-bad block font-medium">
          overdue for <Elapsed since={overdueSince} />
        </span>
      )}
      {trouble !== null && (
        <span className="text-bad block max-w-60 whitespace-normal">{visible(trouble)}</span>
      )}
      {nextDueAt !== null && (
        <span className={overdueSince === null ? 'block' : 'text-muted block'}>
          {overdueSince !== null && <span className="md:sr-only">then </span>}
          <Due at={nextDueAt} />
        </span>
      )}
      {nextDueAt === null && overdueSince === null && trouble === null && (
        <span className="text-muted block">when it happens</span>
      )}
      {missed > 0 && <span className="text-bad text-small block">{missed} missed in 24 h</span>}
    </>
  )
}

function LastFired({ loop: { lastFiredAt, lastRunId } }: { readonly loop: Loop }) {
  if (lastFiredAt === null) return <span className="text-muted">never</span>
  return (
    <>
      <Ago at={lastFiredAt} suffix=" ago" />
      {lastRunId !== null && (
        <Link
          to="/runs/$runId"
          params={{ runId: lastRunId }}
          className="text-accent block underline"
        >
          Its run
        </Link>
      )}
    </>
  )
}

/** "in 4m 12s", ticking; at its time it is due, and its grace begins. */
function Due({ at }: { readonly at: Instant }) {
  const now = useNow()
  const ms = Date.parse(at)
  return (
    <time dateTime={at} title={dateTime(ms)}>
      {now === null ? '–' : ms <= now ? 'due now' : `in ${duration(ms - now)}`}
    </time>
  )
}
