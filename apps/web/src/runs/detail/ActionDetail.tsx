import {
  isFinal,
  spokenActor,
  type Action,
  type ActionHead,
  type ActionId,
  type Run,
} from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime, span } from '../../time/format'
import { Elapsed } from '../../time/Ticking'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'
import { Words } from '../../ui/Words'
import { actionLook, safeToRetry } from '../actionFacts'
import { SettleButtons } from '../SettleButtons'
import { toneText } from '../stateLook'
import type { Other } from './Compare'
import { Earlier } from './Earlier'
import { Fact } from './Fact'
import { useEarlier } from './useEarlier'

interface ActionDetailProps {
  readonly run: Run
  readonly id: string
}

const againMs = 2000

/** May it still change? A failed action may be tried again, an unknown one settled, also after the end. */
const mayChange = (action: Action | undefined, run: Run): boolean =>
  action === undefined || action.state === 'unknown'
    ? true
    : action.state !== 'confirmed' && !isFinal(run.status)

/** One action with all that is kept of it. Its payloads are read for it alone. */
export function ActionDetail({ run, id }: ActionDetailProps) {
  const actionId = id as ActionId
  const cacheKey = ['runs', run.id, 'action', actionId]
  const query = useQuery({
    queryKey: cacheKey,
    queryFn: async () => {
      const { action, previous } = await api.runs.action.query({ id: run.id, actionId })
      return { action: action as Action, previous }
    },
    refetchInterval: ({ state }) => (mayChange(state.data?.action, run) ? againMs : false),
    gcTime: 10_000,
  })
  const earlier = useEarlier({ actionId }, cacheKey, query.data?.action.attempt ?? 1)
  if (query.data === undefined) {
    return query.error === null ? (
      <Skeleton rows={5} label="Loading the action" />
    ) : (
      <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
    )
  }
  const { action, previous } = query.data
  const attempts = earlier.data?.actions ?? []
  return (
    <>
      <ActionFacts action={action} attempts={attempts.length} />
      {action.state === 'unknown' && <SettleButtons run={run} action={action} />}
      <Settled action={action} />
      <JsonView label="Input" value={action.request} />
      {action.response !== null && <JsonView label="Output" value={action.response} />}
      {action.late !== null && (
        <JsonView label="Late evidence: it changed nothing" value={action.late} />
      )}
      <Earlier
        query={earlier}
        cacheKey={cacheKey}
        parts={{ Input: action.request, Output: action.response, Error: action.error }}
        attempts={attempts.map((each) => ({
          ...each,
          outcome: actionLook[each.state].word,
          startedAt: each.intendedAt,
        }))}
        readAttempt={async (attempt) => {
          const { action: then } = await api.runs.attempt.query({ actionId, attempt })
          return { Output: then?.response ?? null, Error: then?.error ?? null }
        }}
        before={callBefore(run, previous)}
      />
    </>
  )
}

const callBefore = (run: Run, previous: ActionId | null): readonly Other[] =>
  previous === null
    ? []
    : [
        {
          key: `call ${previous}`,
          words: 'the call of this tool before',
          read: async () => {
            const { action } = await api.runs.action.query({ id: run.id, actionId: previous })
            return { Input: action.request, Output: action.response, Error: action.error }
          },
        },
      ]

function Settled({ action }: { readonly action: Action }) {
  if (action.settledBy === null || action.settledAt === null) return null
  return (
    <section
      aria-label="Settled by a person"
      className="border-line rounded-ctl border px-2.5 py-1.5"
    >
      <p>
        Nobody knew whether it landed. {visible(spokenActor(action.settledBy))} said that it{' '}
        {action.state === 'confirmed' ? 'did' : 'did not'}, {dateTime(Date.parse(action.settledAt))}
      </p>
      {action.settledWhy !== null && (
        <p className="text-muted">
          <Words text={`“${action.settledWhy}”`} />
        </p>
      )}
    </section>
  )
}

interface ActionFactsProps {
  readonly action: ActionHead
  readonly attempts: number
}

function ActionFacts({ action, attempts }: ActionFactsProps) {
  const { word, tone } = actionLook[action.state]
  return (
    <>
      <h3 className="font-mono font-medium wrap-anywhere">
        {visible(action.tool)} <span className="text-muted">{visible(action.target ?? '')}</span>
      </h3>
      <dl className="flex flex-col gap-1">
        <Fact name="State">
          <span className={toneText[tone]}>{word}</span>
        </Fact>
        <Fact name="Safe to retry?">{safeToRetry(action)}</Fact>
        {action.error !== null && (
          <Fact name="Error">
            <Words text={action.error} claim />
          </Fact>
        )}
        <Fact name="Began">{dateTime(Date.parse(action.intendedAt))}</Fact>
        <Fact name="Took">
          <Took action={action} />
        </Fact>
        <Fact name="Attempt">
          {action.attempt}
          {attempts > 0 && ` of ${action.attempt}`}{' '}
          <span className="text-muted">epoch {action.epoch}</span>
        </Fact>
        <Fact name="Can be undone">
          {action.reversible === null ? 'not declared' : action.reversible ? 'yes' : 'no'}
        </Fact>
        <Fact name="Idempotency key">
          <span className="font-mono text-small">{visible(action.idempotencyKey)}</span>
        </Fact>
        {action.externalRef !== null && <Fact name="Reference">{visible(action.externalRef)}</Fact>}
        <Fact name="Digest">
          <span className="font-mono text-small" title={action.digest}>
            {action.digest.slice(0, 16)}
          </span>
        </Fact>
      </dl>
    </>
  )
}

export const Took = ({ action }: { readonly action: ActionHead }) =>
  action.endedAt !== null ? (
    span(Date.parse(action.endedAt) - Date.parse(action.intendedAt))
  ) : action.state === 'intended' || action.state === 'accepted' ? (
    <Elapsed since={action.intendedAt} />
  ) : (
    '–'
  )
