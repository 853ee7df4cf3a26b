import type { HistoryBounds } from '@holdpoint/protocol'
import { useQueryClient } from '@tanstack/react-query'

import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { databaseClock } from '../live/databaseClock'
import { duration } from '../time/format'
import { readInstant, thenWords } from '../time/instant'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { retryPast } from './state'
import { usePastState, useTravel } from './usePast'

/** A page of the past that has nothing to show: not yet, not at all, or there was nothing. */
export function PastNotice() {
  const { never, wanted, shown, problem } = usePastState()
  const at = wanted ?? ''
  if (never === 'malformed') return <Malformed at={at} />
  if (never === 'future') return <Future at={at} />
  if (never === 'before') return <Before at={at} />
  if (shown !== null) return <NothingRan at={shown.moment.at} />
  if (problem !== null)
    return <ErrorScreen told={told(problem, 'read')} retry={retryPast} level={1} />
  return <Skeleton rows={16} label="Loading the past" />
}

const wordsOf = (at: string): string => thenWords(Date.parse(readInstant(at) ?? at))

function GoLive() {
  const travel = useTravel()
  return <Button onClick={travel.live}>Go live</Button>
}

const Malformed = ({ at }: { readonly at: string }) => (
  <Notice title="That is no instant" level={1} actions={<GoLive />}>
    <p>
      The address asks for{' '}
      <code className="text-text font-mono text-small wrap-anywhere">{at}</code>. An instant looks
      like 2026-11-20T03:12:07Z. The link may be cut off; a time can be typed above, too.
    </p>
  </Notice>
)

function Future({ at }: { readonly at: string }) {
  const now = databaseClock.now()
  const left = now === null ? null : duration(Date.parse(readInstant(at) ?? at) - now)
  return (
    <Notice title={`${wordsOf(at)} is still to come`} level={1} actions={<GoLive />}>
      <p>
        {left === null
          ? 'Nothing is known of it yet.'
          : `It is in ${left}; nothing is known of it.`}{' '}
        This page opens by itself then.
      </p>
    </Notice>
  )
}

function Before({ at }: { readonly at: string }) {
  const bounds = useQueryClient().getQueryData<HistoryBounds>(['history', 'bounds'])
  const travel = useTravel()
  const begins = bounds?.begins ?? null
  return (
    <Notice
      title="The history begins later"
      level={1}
      actions={
        <>
          {begins !== null && <Button onClick={() => travel.to(begins)}>To its beginning</Button>}
          <GoLive />
        </>
      }
    >
      <p>
        Nothing is known of {wordsOf(at)}.
        {begins !== null && ` The first event is of ${thenWords(Date.parse(begins))}.`}
      </p>
    </Notice>
  )
}

const NothingRan = ({ at }: { readonly at: string }) => (
  <Notice title="Nothing ran then" level={1} actions={<GoLive />}>
    <p>
      At {thenWords(Date.parse(at))} no run was going on, and none had ended. The line above shows
      when there was something to see.
    </p>
  </Notice>
)
