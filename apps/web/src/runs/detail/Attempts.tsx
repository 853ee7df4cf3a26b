import { dateTime, span } from '../../time/format'
import { Words } from '../../ui/Words'

export interface EarlierAttempt {
  readonly attempt: number
  readonly epoch: number
  /** How it ended, in words. */
  readonly outcome: string
  readonly error: string | null
  readonly startedAt: string
  readonly endedAt: string | null
}

/** What was tried before and what came of it, oldest first. */
export function Attempts({ attempts }: { readonly attempts: readonly EarlierAttempt[] }) {
  if (attempts.length === 0) return null
  return (
    <section aria-label="Earlier attempts" className="flex flex-col gap-1">
      <h4 className="label font-normal">Earlier attempts</h4>
      <ol className="border-line rounded-ctl border">
        {attempts.map(({ attempt, epoch, outcome, error, startedAt, endedAt }) => (
          <li key={attempt} className="border-line border-b px-2.5 py-1 last:border-b-0">
            <p className="flex gap-2">
              <span>{attempt}</span>
              <span className="grow">{outcome}</span>
              <span className="text-muted text-small">
                epoch {epoch} · {dateTime(Date.parse(startedAt))}
                {endedAt !== null && ` · ${span(Date.parse(endedAt) - Date.parse(startedAt))}`}
              </span>
            </p>
            {error !== null && <Words text={error} claim />}
          </li>
        ))}
      </ol>
    </section>
  )
}
