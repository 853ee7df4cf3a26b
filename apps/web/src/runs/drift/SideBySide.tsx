import type { DriftStep, Run } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { api } from '../../app/trpc'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { clockTime } from '../../time/format'
import { JsonDiff } from '../../ui/JsonDiff'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'
import { eventSel } from '../search'

/** As it comes over the wire, where an unknown value may be absent. */
type Step = Omit<DriftStep, 'arguments' | 'result'> & {
  readonly arguments?: unknown
  readonly result?: unknown
}

interface SideBySideProps {
  readonly run: Run
  /** Events that the signal stands on. */
  readonly evidence: readonly number[]
  /** The two that are shown at first. */
  readonly usual: readonly [number, number] | null
}

/** Two of the steps that a signal stands on, their arguments and outcomes, with what differs marked. */
export function SideBySide({ run, evidence, usual }: SideBySideProps) {
  const [left, setLeft] = useState(usual?.[0] ?? evidence[0] ?? 0)
  const [right, setRight] = useState(usual?.[1] ?? evidence.at(-1) ?? 0)
  const read = useQuery({
    queryKey: ['runs', run.id, 'drift', 'steps', evidence.join()],
    queryFn: () => api.detections.steps.query({ runId: run.id, seqs: [...evidence] }),
    enabled: evidence.length > 0,
    // Written once and never changed.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  })
  if (evidence.length === 0) return null
  if (read.data === undefined) {
    return read.error === null ? (
      <Skeleton rows={4} label="Loading what it did" />
    ) : (
      <ErrorScreen told={told(read.error, 'read')} retry={() => void read.refetch()} />
    )
  }
  const steps = read.data
  const [a, b] = [left, right].map((seq) => steps.find((step) => step.seq === seq))
  if (a === undefined || b === undefined) {
    return <p className="text-muted">What it did there is no longer kept.</p>
  }
  const one = a.seq === b.seq
  return (
    <section aria-label="Side by side" className="flex min-w-0 flex-col gap-3">
      {!one && (
        <div className="flex flex-col gap-2">
          <JsonDiff label="Arguments compared" before={a.arguments} after={b.arguments} />
          <JsonDiff
            label="Outcome compared"
            before={{ outcome: a.outcome, result: a.result }}
            after={{ outcome: b.outcome, result: b.result }}
          />
        </div>
      )}
      <div className={`grid gap-3 ${one ? '' : 'md:grid-cols-2'}`}>
        <Side run={run} step={a} steps={steps} choose={setLeft} title={one ? 'Step' : 'First'} />
        {!one && <Side run={run} step={b} steps={steps} choose={setRight} title="Second" />}
      </div>
    </section>
  )
}

interface SideProps {
  readonly run: Run
  readonly step: Step
  readonly steps: readonly Step[]
  readonly title: string
  readonly choose: (seq: number) => void
}

const outcomeTone = { ok: 'text-muted', failed: 'text-bad', unknown: 'text-bad' } as const
const outcomeWord = { ok: 'succeeded', failed: 'failed', unknown: 'outcome unknown' } as const

function Side({ run, step, steps, title, choose }: SideProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-2">
        <select
          aria-label={`${title}: which step`}
          value={step.seq}
          onChange={(event) => choose(Number(event.target.value))}
          className="border-line bg-bg h-7 rounded-ctl border px-1.5 text-small max-md:h-11"
        >
          {steps.map((each) => (
            <option key={each.seq} value={each.seq}>
              {`event ${each.seq}, ${clockTime(Date.parse(each.at))}`}
            </option>
          ))}
        </select>
        <span className="font-mono text-small">{visible(step.tool ?? step.step ?? 'a step')}</span>
        <span className={outcomeTone[step.outcome]}>{outcomeWord[step.outcome]}</span>
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          search={(old) => ({ ...('at' in old && { at: old.at }), sel: eventSel(step.seq) })}
          className="text-accent ml-auto underline"
        >
          In the timeline
        </Link>
      </div>
      <JsonView label={`${title}: arguments`} value={step.arguments} />
      <JsonView label={`${title}: result`} value={step.result} />
    </div>
  )
}
