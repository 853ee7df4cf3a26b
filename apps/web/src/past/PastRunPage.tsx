import { runState, type Run, type RunId } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import type { LiveRun } from '../runs/history/useRun'
import { RunFacts } from '../runs/RunFacts'
import { RunMissing } from '../runs/RunMissing'
import { RunTabs } from '../runs/RunTabs'
import { stateLook } from '../runs/stateLook'
import { TabBody } from '../runs/TabBody'
import { thenWords } from '../time/instant'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { PastNotice } from './PastNotice'
import { PastRunHeader } from './PastRunHeader'
import { retryPast, type Shown } from './state'
import { usePastState, useTravel } from './usePast'

interface PastRunPageProps {
  readonly id: RunId
  /** The run as it is, for what there is to say where it had not begun. */
  readonly live: LiveRun
}

/** One run as it was at an instant: what came after it is not there. */
export function PastRunPage({ id, live }: PastRunPageProps) {
  const { never, shown, problem } = usePastState()
  if (never !== null || shown === null) return <PastNotice />
  if (shown.run?.id !== id)
    return problem === null ? (
      <Skeleton rows={14} label="Loading the run" />
    ) : (
      <ErrorScreen told={told(problem, 'read')} retry={retryPast} level={1} />
    )
  if (shown.run.told !== null) return <RunThen at={shown.moment.at} told={shown.run.told} />
  if (live.connection.phase === 'missing') return <RunMissing id={id} />
  return <NotBegun at={shown.moment.at} run={live.run} />
}

interface RunThenProps {
  readonly at: string
  readonly told: NonNullable<NonNullable<Shown['run']>['told']>
}

function RunThen({ at, told: { run, history } }: RunThenProps) {
  const view = useSyncExternalStore(history.subscribe, history.view)
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto">
      <title>{`${stateLook[runState(run)].word} at ${thenWords(Date.parse(at))}: ${visible(run.goal ?? run.id)} · Holdpoint`}</title>
      <PastRunHeader run={run} />
      <RunFacts run={run} lease={null} parent={null}>
        {[]}
      </RunFacts>
      <RunTabs />
      <TabBody run={run} live={{ ...view, history }} />
    </div>
  )
}

interface NotBegunProps {
  readonly at: string
  readonly run: Run | null
}

function NotBegun({ at, run }: NotBegunProps) {
  const travel = useTravel()
  return (
    <Notice
      title="This run had not begun then"
      level={1}
      actions={
        <>
          {run !== null && (
            <Button onClick={() => travel.to(run.createdAt)}>To its beginning</Button>
          )}
          <Button onClick={travel.live}>Go live</Button>
        </>
      }
    >
      <p>
        At {thenWords(Date.parse(at))} it was not there yet.
        {run !== null && ` It began at ${thenWords(Date.parse(run.createdAt))}.`}
      </p>
    </Notice>
  )
}
