import { isFinal, type Run, type Step } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime, span } from '../../time/format'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'
import { Words } from '../../ui/Words'
import type { Other } from './Compare'
import { Earlier } from './Earlier'
import { Fact } from './Fact'
import { useEarlier } from './useEarlier'

interface StepDetailProps {
  readonly run: Run
  readonly name: string
  readonly occurrence: number
}

const againMs = 2000
const stateWords: Record<Step['state'], string> = {
  running: 'Not finished',
  done: 'Done',
  failed: 'Failed',
}

/** A step's input beside its result, and what differs to the attempt and to the occurrence before it. */
export function StepDetail({ run, name, occurrence }: StepDetailProps) {
  const key = { id: run.id, step: name, occurrence }
  const cacheKey = ['runs', run.id, 'step', name, occurrence]
  const query = useQuery({
    queryKey: cacheKey,
    queryFn: async () => (await api.runs.step.query(key)) as Step,
    refetchInterval: ({ state }) =>
      state.data?.state === 'done' || isFinal(run.status) ? false : againMs,
    gcTime: 10_000,
  })
  const earlier = useEarlier(key, cacheKey, query.data?.attempt ?? 1)
  if (query.data === undefined) {
    if (query.error === null) return <Skeleton rows={5} label="Loading the step" />
    const failure = told(query.error, 'read')
    return failure.code === 'NOT_FOUND' ? (
      <NothingKept name={name} />
    ) : (
      <ErrorScreen told={failure} retry={() => void query.refetch()} />
    )
  }
  const step = query.data
  const attempts = earlier.data?.steps ?? []
  return (
    <>
      <StepFacts step={step} />
      <JsonView label="Input" value={step.input} />
      {step.state === 'done' && <JsonView label="Output" value={step.result} />}
      <Earlier
        query={earlier}
        cacheKey={cacheKey}
        parts={{ Input: step.input, Output: step.result, Error: step.error }}
        attempts={attempts.map((each) => ({
          ...each,
          outcome: each.state === 'running' ? 'Left unfinished' : stateWords[each.state],
        }))}
        readAttempt={async (attempt) => {
          const { step: then } = await api.runs.attempt.query({ ...key, attempt })
          return {
            Input: then?.input ?? null,
            Output: then?.result ?? null,
            Error: then?.error ?? null,
          }
        }}
        before={occurrenceBefore(key)}
      />
    </>
  )
}

function StepFacts({ step }: { readonly step: Step }) {
  const ended = step.endedAt === null ? null : Date.parse(step.endedAt)
  return (
    <>
      <h3 className="wrap-anywhere">
        {visible(step.name)}{' '}
        {step.occurrence > 1 && <span className="text-muted">({step.occurrence})</span>}
      </h3>
      <dl className="flex flex-col gap-1">
        <Fact name="State">
          <span className={step.state === 'failed' ? 'text-bad' : ''}>
            {stateWords[step.state]}
          </span>
        </Fact>
        <Fact name="Attempt">
          {step.attempt} <span className="text-muted">epoch {step.epoch}</span>
        </Fact>
        <Fact name="Began">{dateTime(Date.parse(step.startedAt))}</Fact>
        {ended !== null && <Fact name="Took">{span(ended - Date.parse(step.startedAt))}</Fact>}
        {step.error !== null && (
          <Fact name="Error">
            <Words text={step.error} claim />
          </Fact>
        )}
      </dl>
    </>
  )
}

const NothingKept = ({ name }: { readonly name: string }) => (
  <>
    <h3 className="wrap-anywhere">{visible(name)}</h3>
    <p className="text-muted">
      The agent named this step and kept no input or result of it. Steps written with plain SQL have
      none.
    </p>
  </>
)

interface StepKey {
  readonly id: Run['id']
  readonly step: string
  readonly occurrence: number
}

const occurrenceBefore = (key: StepKey): readonly Other[] =>
  key.occurrence === 1
    ? []
    : [
        {
          key: 'occurrence',
          words: visible(`${key.step} (${key.occurrence - 1})`),
          read: async () => {
            const step = await api.runs.step.query({ ...key, occurrence: key.occurrence - 1 })
            return { Input: step.input, Output: step.result, Error: step.error }
          },
        },
      ]
