import {
  isAgent,
  runState,
  spokenActor,
  type ApprovalToAnswer,
  type Run,
} from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../app/trpc'
import { DriftCell } from '../fleet/DriftCell'
import { says } from '../fleet/told'
import { Fact } from '../runs/detail/Fact'
import { Spend } from '../runs/Spend'
import { StateLabel } from '../runs/StateMark'
import { eventText, kindLook } from '../runs/timeline/eventWords'
import { clockTime } from '../time/format'
import { visible } from '../ui/visible'
import { ClaimMark, Words } from '../ui/Words'
import { FoundOfRun } from './FoundOfRun'
import { isOpen } from './outcome'
import { WhoDecides } from './WhoDecides'

/** The run behind the question: what it is for, what it just did, what it has used, what was found of it. */
export function ApprovalContext({ approval }: { readonly approval: ApprovalToAnswer }) {
  const { run } = approval
  return (
    <aside
      aria-label="Context"
      className="border-line flex flex-col gap-4 p-4 max-lg:border-t lg:border-l"
    >
      <div>
        <h3 className="label font-normal">Goal</h3>
        <p>{run.goal === null ? 'None was given.' : <Words text={run.goal} limit={400} claim />}</p>
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          className="text-accent mt-1 inline-block underline"
        >
          Open the run
        </Link>
      </div>
      <dl className="flex flex-col gap-1">
        <Fact name="State">
          <StateLabel state={runState(run)} />
        </Fact>
        {run.skill !== null && (
          <Fact name="Skill">
            <span className="wrap-anywhere">
              {visible(run.skill)} {run.skillVersion !== null && `v${run.skillVersion}`}
            </span>
          </Fact>
        )}
        {says.spend(run) && (
          <Fact name="Spend">
            <Spend run={run} />
          </Fact>
        )}
        {says.drift(run) && (
          <Fact name="Drift">
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              search={{ tab: 'drift' }}
              title="How the score came about"
              className="inline-flex underline"
            >
              <DriftCell run={run} />
            </Link>
          </Fact>
        )}
        <Fact name="Asked by">{visible(approval.requestedBy ?? '–')}</Fact>
        <Fact name="Login">
          <span className="font-mono text-small">
            {visible(approval.requestedLogin ?? 'unknown')}
          </span>
        </Fact>
      </dl>
      <FoundOfRun run={run} />
      <WhoDecides approval={approval} />
      <LastEvents run={run} title={isOpen(approval) ? 'Just before' : 'Newest of the run'} />
    </aside>
  )
}

interface LastEventsProps {
  readonly run: Run
  readonly title: string
}

function LastEvents({ run, title }: LastEventsProps) {
  const query = useQuery({
    queryKey: ['runs', run.id, 'last-events', run.seq],
    queryFn: () => api.runs.events.query({ id: run.id, limit: 10 }),
    gcTime: 30_000,
  })
  const events = query.data?.events.slice(-10) ?? []
  return (
    <div>
      <h3 className="label font-normal">
        {title} <ClaimMark />
      </h3>
      {query.isLoading && <p className="text-muted">Loading…</p>}
      {query.error !== null && <p className="text-muted">Its history could not be read.</p>}
      <ol>
        {events.map((event) => (
          <li key={event.seq} className="flex gap-2 py-0.5">
            <time className="text-muted font-mono text-small leading-5">
              {clockTime(Date.parse(event.at))}
            </time>
            <span className="min-w-0 wrap-anywhere">
              {kindLook[event.kind].word}{' '}
              <span className="text-muted">{visible(eventText(event).slice(0, 120))}</span>
              {!isAgent(event.actor) && (
                <span className="text-muted">
                  {' '}
                  by {visible(spokenActor(event.actor).slice(0, 40))}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
