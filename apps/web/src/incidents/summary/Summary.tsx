import { onlyAsked, stopReasonFacts, storyOf, type IncidentSummary } from '@holdpoint/protocol'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { clockTime, compact, usd } from '../../time/format'
import { Button } from '../../ui/Button'
import { Skeleton } from '../../ui/Skeleton'
import { reasonsOf } from './chapters'
import { CopyMarkdown } from './CopyMarkdown'
import { Story } from './Story'
import type { SummaryRead } from './useSummary'

interface SummaryProps {
  readonly read: SummaryRead
  /** The window goes on: what is told is told as of a moment of it. */
  readonly live: boolean
}

/** What happened in the window in words: which runs stopped, why, who did what, in order. */
export function Summary({ read: { summary, failure, again }, live }: SummaryProps) {
  return (
    <aside
      aria-label="Summary"
      className="border-line flex min-h-0 shrink-0 flex-col border-t md:w-88 md:border-t-0 md:border-l"
    >
      <div className="border-line flex h-9 shrink-0 items-center gap-2 border-b px-3 max-md:h-11">
        <h2 className="grow">What happened</h2>
        {summary !== undefined && <CopyMarkdown text={summary.text} />}
      </div>
      {failure !== null && (
        <p className="flex flex-wrap items-center gap-3 px-3 py-2">
          <ErrorLine told={told(failure, 'read')} />
          <Button onClick={again}>Try again</Button>
        </p>
      )}
      {summary === undefined ? (
        failure === null && <Skeleton rows={6} label="Loading the summary" />
      ) : (
        // What scrolls must be reached by keys.
        <div
          role="group"
          aria-label="What happened, in order"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        >
          <Figures summary={summary} live={live} />
          <Story chapters={storyOf(summary)} leftOut={summary.leftOut} />
        </div>
      )}
    </aside>
  )
}

const counted = (n: number, what: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? what : `${what}s`}`

/** Of a list that is cut it is not known how many runs they are, only how often one stopped. */
function stopsWords({ stopped, stopReasons, approvals, leftOut }: IncidentSummary): string {
  const runs = stopped.filter((stop) => !onlyAsked(stop, approvals)).map(({ run }) => run.id)
  if (leftOut.stopped > 0) {
    const stops = stopReasons.reduce((sum, { stops: n }) => sum + n, 0)
    return `Runs stopped ${stops.toLocaleString('en')} times; the newest ${stopped.length} are listed.`
  }
  return runs.length === 0 ? 'No run stopped.' : `${counted(new Set(runs).size, 'run')} stopped.`
}

interface FiguresProps {
  readonly summary: IncidentSummary
  readonly live: boolean
}

function Figures({ summary, live }: FiguresProps) {
  const { events, ended, spend, leftOut } = summary
  const reasons = reasonsOf(summary)
  return (
    <div className="border-line flex flex-col gap-1 border-b px-3 py-2">
      <p>
        <span className="font-medium">{stopsWords(summary)}</span>{' '}
        <span className="text-muted">
          Ended: {ended.complete.toLocaleString('en')} complete, {ended.failed.toLocaleString('en')}{' '}
          failed, {ended.killed.toLocaleString('en')} killed. {compact(events)} events,{' '}
          {compact(spend.tokensIn + spend.tokensOut)} tokens, {usd(spend.costUsd)}
          {leftOut.spend > 0 && ' (not exact: too many runs to compare them all)'}
          {live && `, until ${clockTime(Date.parse(summary.to))}`}.
        </span>
      </p>
      {reasons.length > 0 && (
        <ul
          aria-label={leftOut.stopped > 0 ? 'How often runs stopped for what' : 'Why runs stopped'}
          className="flex flex-wrap gap-x-4"
        >
          {reasons.map(({ reason, n }) => (
            <li key={reason ?? 'none'}>
              {reason === null ? 'No reason given' : stopReasonFacts[reason].label}{' '}
              <span className="text-muted">{n.toLocaleString('en')}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
