import type { DriftPreview } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../../app/trpc'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { visible } from '../../ui/visible'
import type { SettingsObject } from './driftPolicyText'

/** What these settings would have met in last week's runs; it also says what of them cannot be read. */
export const usePreview = (agentId: string, settings: SettingsObject | null) =>
  useQuery({
    queryKey: ['drift', 'preview', agentId, JSON.stringify(settings)],
    queryFn: () => api.detections.preview.query({ agentId, settings: { ...settings } }),
    enabled: settings !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  })

interface DriftPolicyPreviewProps {
  readonly preview: ReturnType<typeof usePreview>
  readonly holds: boolean
}

export function DriftPolicyPreview({ preview, holds }: DriftPolicyPreviewProps) {
  const { data, error, isFetching } = preview
  if (error !== null) {
    return (
      <p role="alert" className="text-bad">
        {told(error, 'read').happened}
      </p>
    )
  }
  if (data === undefined) {
    return <p className="text-muted">Replaying last week’s runs…</p>
  }
  if (data.refused !== null) {
    return (
      <p role="alert" className="text-bad">
        {data.refused}
      </p>
    )
  }
  return (
    <section aria-label="Last week under this policy" className="flex flex-col gap-1">
      <p role="status" className={isFetching ? 'text-muted' : ''}>
        <Summary data={data} holds={holds} />
      </p>
      {data.found.length > 0 && (
        <ul className="border-line max-h-48 overflow-y-auto border-t">
          {data.found.map((run) => (
            <li
              key={run.runId}
              className="border-line flex flex-wrap items-center gap-x-3 border-b py-1"
            >
              <Link
                to="/runs/$runId"
                params={{ runId: run.runId }}
                search={{ tab: 'drift', point: String(run.seq) }}
                className="max-w-80 truncate underline"
              >
                {visible(run.goal ?? run.runId)}
              </Link>
              <span className="text-muted">
                {dateTime(Date.parse(run.at))} ·{' '}
                {run.finding === 'LOOP_DETECTED' ? 'loop' : `drift ${run.score.toFixed(2)}`} after{' '}
                {run.after} of {run.of} actions · it is {run.status}
              </span>
              <span className="min-w-0 truncate">{visible(run.why)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Summary({ data, holds }: { readonly data: DriftPreview; readonly holds: boolean }) {
  const runs = `${data.runs.toLocaleString('en')} ${data.runs === 1 ? 'run' : 'runs'}`
  const of = `${data.cut ? 'the newest ' : ''}${runs} of the last 7 days (${data.actions.toLocaleString('en')} actions)`
  if (data.runs === 0) return <>It had no run in the last 7 days to try this on.</>
  if (data.found.length === 0) {
    return (
      <>
        Of {of} none would have been {holds ? 'held' : 'shown'}.
      </>
    )
  }
  return (
    <>
      Of {of} <span className="text-holding font-medium">{data.found.length}</span> would have been{' '}
      {holds ? 'held' : 'shown'}:
    </>
  )
}
