import type { Action, RunId } from '@holdpoint/protocol'

import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime, span } from '../../time/format'
import { Elapsed } from '../../time/Ticking'
import { JsonView } from '../../ui/JsonView'
import { Skeleton } from '../../ui/Skeleton'
import { Words } from '../../ui/Words'
import { actionLook, safeToRetry } from '../actionFacts'
import { toneText } from '../stateLook'
import { useActions } from '../useActions'
import { Fact } from './Fact'

interface ActionDetailProps {
  readonly runId: RunId
  readonly id: string
  readonly mark: number
}

export function ActionDetail({ runId, id, mark }: ActionDetailProps) {
  const query = useActions(runId, mark)
  const action = query.data?.pages.flatMap((page) => page.rows).find((row) => row.id === id)
  if (query.error !== null && action === undefined)
    return <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
  if (action === undefined) {
    return query.isFetching ? (
      <Skeleton rows={5} label="Loading the action" />
    ) : (
      <p className="text-muted">This action is further back: look in the Actions tab.</p>
    )
  }
  return <ActionFacts action={action} />
}

export function ActionFacts({ action }: { readonly action: Action }) {
  const { word, tone } = actionLook[action.state]
  return (
    <>
      <h3 className="font-mono font-medium wrap-anywhere">
        {action.tool} <span className="text-muted">{action.target}</span>
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
          {action.attempt} <span className="text-muted">epoch {action.epoch}</span>
        </Fact>
        <Fact name="Can be undone">
          {action.reversible === null ? 'not declared' : action.reversible ? 'yes' : 'no'}
        </Fact>
        <Fact name="Idempotency key">
          <span className="font-mono text-small">{action.idempotencyKey}</span>
        </Fact>
        {action.externalRef !== null && <Fact name="Reference">{action.externalRef}</Fact>}
        <Fact name="Digest">
          <span className="font-mono text-small" title={action.digest}>
            {action.digest.slice(0, 16)}
          </span>
        </Fact>
      </dl>
      <JsonView label="Request" value={action.request} />
      {action.response !== null && <JsonView label="Response" value={action.response} />}
      {action.late !== null && (
        <JsonView label="Late evidence: it changed nothing" value={action.late} />
      )}
    </>
  )
}

export const Took = ({ action }: { readonly action: Action }) =>
  action.endedAt === null ? (
    <Elapsed since={action.intendedAt} />
  ) : (
    span(Date.parse(action.endedAt) - Date.parse(action.intendedAt))
  )
