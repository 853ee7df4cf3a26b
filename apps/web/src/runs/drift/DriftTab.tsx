import { isFinal, type Run } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import { ErrorLine, ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { usePastInstant } from '../../live/useMoment'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { Findings } from './Findings'
import { PointEvidence } from './PointEvidence'
import { PointList } from './PointList'
import { pointAt, scoreText } from './points'

const DriftChart = lazy(() => import('./DriftChart'))
const route = getRouteApi('/runs/$runId')

/** How the score came about: a chart whose every point opens the steps it stands on. */
export default function DriftTab({ run }: { readonly run: Run }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const then = usePastInstant()
  const at = then ?? undefined
  // What was so then stays so; what became of a finding, and the policy, belong to now.
  const isNow = then === null
  const goesOn = isNow && !isFinal(run.status)
  const every = { ...untilRead, refetchInterval: goesOn ? 2_000 : (false as const) }
  const points = useQuery({
    ...every,
    queryKey: ['runs', run.id, 'drift', 'points', at],
    queryFn: () => api.detections.points.query({ runId: run.id, at, limit: 1_000 }),
  })
  const found = useQuery({
    ...every,
    queryKey: ['runs', run.id, 'drift', 'found', run.heldBy.join()],
    queryFn: () => api.detections.ofRun.query({ runId: run.id }),
    enabled: isNow,
  })
  const policy = useQuery({
    queryKey: ['drift', 'policy', run.agentId],
    queryFn: () => api.detections.policy.query({ agentId: run.agentId }),
    staleTime: 10_000,
    enabled: isNow,
  })
  const choose = (seq: number) =>
    void navigate({ search: { ...search, point: String(seq) }, replace: true, resetScroll: false })
  if (points.data === undefined) {
    return points.failureReason === null ? (
      <Skeleton rows={6} label="Loading drift" />
    ) : (
      <ErrorScreen told={told(points.failureReason, 'read')} retry={() => void points.refetch()} />
    )
  }
  // What came after the state that is shown is not shown either.
  const shown = points.data.filter(({ seq }) => seq <= run.seq)
  if (shown.length === 0)
    return !isNow && run.drift !== null ? (
      <NoLongerKept score={run.drift} />
    ) : (
      <NothingYet run={run} />
    )
  const point = pointAt(shown, search.point === undefined ? undefined : Number(search.point))
  const driftAt = policy.data?.[0]?.settings['driftAt']
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:flex-none">
      {isNow && (
        <Findings
          run={run}
          found={(found.data ?? []).filter(({ seq }) => seq <= run.seq)}
          choose={choose}
        />
      )}
      {points.failureReason !== null && (
        <div className="px-3 py-1.5">
          <ErrorLine
            told={{
              ...told(points.failureReason, 'read'),
              notDone: 'What is shown is as it was read last.',
            }}
          />
        </div>
      )}
      <div className="grid min-h-0 flex-1 md:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
        <div className="md:border-line flex min-h-0 min-w-0 flex-col md:border-r">
          <div className="h-42 shrink-0 pt-1 pr-1">
            <Suspense fallback={<p className="text-muted p-3">Loading the chart…</p>}>
              <DriftChart
                points={shown}
                chosen={point}
                threshold={isNow && typeof driftAt === 'number' ? driftAt : null}
                choose={choose}
              />
            </Suspense>
          </div>
          <PointList points={shown} chosen={point} choose={choose} />
        </div>
        <div className="min-h-0 overflow-y-auto">
          {point !== null && <PointEvidence key={point.seq} run={run} point={point} />}
        </div>
      </div>
    </div>
  )
}

/** As of long ago: the history has the number and its line, but what they stood on was let go of. */
const NoLongerKept = ({ score }: { readonly score: number }) => (
  <Notice title="These scores are no longer kept">
    <p>
      The newest 1,000 of a run are kept with what they stand on, and this run has made more since.
      The score that stood then was {scoreText(score)}; the fleet at this moment has its line.
    </p>
  </Notice>
)

const NothingYet = ({ run }: { readonly run: Run }) => (
  <Notice title={isFinal(run.status) ? 'No score' : 'No score yet'}>
    <p>
      {run.engine === 'sql'
        ? 'A plain-SQL agent is compared by what it says in the audit log that it did, with data_after as what came of it.'
        : 'A score comes with the first action that ends, or the first step that calls no tool.'}
    </p>
  </Notice>
)
