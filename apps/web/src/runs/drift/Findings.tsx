import { spokenActor, stopReasonFacts, type Detection, type Run } from '@holdpoint/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { useBarred } from '../../app/useMe'
import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { Button } from '../../ui/Button'
import { visible } from '../../ui/visible'
import { scoreText } from './points'

interface FindingsProps {
  readonly run: Run
  readonly found: readonly Detection[]
  readonly choose: (seq: number) => void
}

/** What rules found in the run, and what people said of it. */
export function Findings({ run, found, choose }: FindingsProps) {
  const client = useQueryClient()
  const barred = useBarred('control', run.agentId)
  const judge = useMutation({
    mutationFn: async (said: { id: string; verdict: 'right' | 'wrong' }) =>
      api.detections.judge.mutate({ ...said, reason: null }),
    onSuccess: async () =>
      client.invalidateQueries({ queryKey: ['runs', run.id, 'drift', 'found'] }),
  })
  if (found.length === 0) return null
  return (
    <section aria-label="What rules found" className="border-line border-b px-3 py-2">
      <ul className="flex flex-col gap-1">
        {found.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <button
              type="button"
              onClick={() => choose(each.seq)}
              className="underline max-md:min-h-11"
            >
              {stopReasonFacts[each.finding].label}
            </button>
            <span className="text-muted">
              {scoreText(each.score)} · {dateTime(Date.parse(each.foundAt))} ·{' '}
              {each.held ? (each.open ? 'holds the run' : 'held the run') : 'shown only'} · policy v
              {each.policyVersion}
            </span>
            <span className="min-w-0 truncate">{visible(each.why)}</span>
            {each.verdict !== null && (
              <span className="text-muted">
                {each.verdict} by {visible(spokenActor(each.verdictBy ?? ''))}
                {each.verdictWhy !== null && `: ${visible(each.verdictWhy)}`}
              </span>
            )}
            {barred === null && !(each.held && each.open) && (
              <span className="ml-auto flex gap-2">
                {(['right', 'wrong'] as const).map((verdict) => (
                  <Button
                    key={verdict}
                    look="quiet"
                    aria-pressed={each.verdict === verdict}
                    disabled={judge.isPending}
                    onClick={() => judge.mutate({ id: each.id, verdict })}
                  >
                    {verdict === 'right' ? 'It was right' : 'It was wrong'}
                  </Button>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      {judge.error !== null && (
        <ErrorLine told={told(judge.error, 'change')} dismiss={judge.reset} />
      )}
    </section>
  )
}
