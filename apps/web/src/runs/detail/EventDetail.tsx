import { spokenActor, type EventLine, type Run } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../../app/trpc'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { usePastInstant } from '../../live/useMoment'
import { dateTime } from '../../time/format'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'
import { Words } from '../../ui/Words'
import { actionSel, stepSel } from '../search'
import { eventText, kindLook } from '../timeline/eventWords'
import { Fact } from './Fact'

interface EventDetailProps {
  readonly run: Run
  readonly seq: number
  /** What the list knows of it already. */
  readonly line: EventLine | undefined
  readonly select: (sel: string) => void
}

/** One event, and the run as it was right after it. */
export function EventDetail({ run, seq, line, select }: EventDetailProps) {
  const query = useQuery({
    queryKey: ['runs', run.id, 'event', seq],
    queryFn: async () => {
      const { events } = await api.runs.events.query({ id: run.id, after: seq - 1, limit: 1 })
      return events.find((event) => event.seq === seq) ?? null
    },
    // Written once and never changed.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  })
  const event = query.data
  const known = event ?? line
  if (known === undefined || known === null) {
    if (event === null) return <p className="text-muted">This run has no event {seq} yet.</p>
    return query.error === null ? (
      <Skeleton rows={5} label="Loading the event" />
    ) : (
      <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
    )
  }
  const text = eventText(known)
  return (
    <>
      <h3>{kindLook[known.kind].word}</h3>
      {text !== '' && <Words text={text} claim={known.actor.startsWith('agent')} />}
      <dl className="flex flex-col gap-1">
        <Fact name="At">{dateTime(Date.parse(known.at))}</Fact>
        <Fact name="By">{visible(spokenActor(known.actor))}</Fact>
        {event && <Fact name="Login">{visible(event.login)}</Fact>}
        <Fact name="Number">
          {seq.toLocaleString('en')} <span className="text-muted">{known.kind}</span>
        </Fact>
      </dl>
      <Further line={known} select={select} />
      <MomentLinks run={run} at={known.at} />
      {known.detail !== null && <JsonView label="Detail" value={known.detail} />}
      {event ? (
        <JsonView label="Run after this event" value={event.state} open={0} />
      ) : (
        query.error !== null && (
          <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
        )
      )}
    </>
  )
}

/** From what happened to how everything stood then. */
const MomentLinks = ({ run, at }: { readonly run: Run; readonly at: string }) => (
  <p className="flex flex-wrap gap-x-4">
    <Link to="/" search={{ at }} className="text-accent underline max-md:min-h-11">
      Fleet at this moment
    </Link>
    <Link
      to="/runs/$runId"
      params={{ runId: run.id }}
      search={{ at }}
      className="text-accent underline max-md:min-h-11"
    >
      Run at this moment
    </Link>
  </p>
)

/** To the action or the step that it is about. */
function Further({
  line,
  select,
}: {
  readonly line: EventLine
  readonly select: (sel: string) => void
}) {
  const { actionId, step, occurrence } = line.detail ?? {}
  const sel =
    actionId !== undefined
      ? actionSel(actionId)
      : step !== undefined && occurrence !== undefined
        ? stepSel(step, occurrence)
        : null
  const then = usePastInstant()
  if (sel === null || then !== null) return null
  return (
    <button
      type="button"
      className="text-accent self-start underline max-md:min-h-11"
      onClick={() => select(sel)}
    >
      {actionId === undefined ? 'Open the step' : 'Open the action'}
    </button>
  )
}
