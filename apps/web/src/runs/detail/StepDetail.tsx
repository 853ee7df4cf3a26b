import type { RunId } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime, span } from '../../time/format'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { Words } from '../../ui/Words'
import { Fact } from './Fact'

interface StepDetailProps {
  readonly runId: RunId
  readonly name: string
  readonly occurrence: number
  readonly mark: number
}

/** A step's input beside its result, and the attempt before it when there was one. */
export function StepDetail({ runId, name, occurrence, mark }: StepDetailProps) {
  const query = useQuery({
    queryKey: ['runs', runId, 'steps', Math.floor(mark / 4)],
    queryFn: () => api.runs.steps.query({ id: runId }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  if (query.error !== null)
    return <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton rows={5} label="Loading the step" />
  const step = query.data.rows.find((row) => row.name === name && row.occurrence === occurrence)
  if (step === undefined) {
    return (
      <>
        <h3>{name}</h3>
        <p className="text-muted">
          The agent named this step and kept no input or result of it. Steps written with plain SQL
          have none.
        </p>
      </>
    )
  }
  const ended = step.endedAt === null ? null : Date.parse(step.endedAt)
  return (
    <>
      <h3>
        {step.name} {occurrence > 1 && <span className="text-muted">({occurrence})</span>}
      </h3>
      <dl className="flex flex-col gap-1">
        <Fact name="State">{step.state}</Fact>
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
      <JsonView label="Input" value={step.input} />
      {step.state === 'done' && <JsonView label="Result" value={step.result} />}
    </>
  )
}
