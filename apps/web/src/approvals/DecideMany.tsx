import type { Approval, Decision, DecisionPlan, DecisionResult } from '@holdpoint/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { ErrorScreen } from '../errors/ErrorNote'
import { failedChange, told } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field, fieldClass } from '../ui/Field'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { requestsOf } from './requestsOf'

interface DecideManyProps {
  readonly decision: Decision
  readonly ids: readonly string[]
  /** Told whether anything was answered. */
  readonly close: (answered: boolean) => void
}

const verbs = { approved: 'Approve', rejected: 'Reject' } as const

/** A dry run first: exactly which requests, as they stand. Then exactly those, with what became of each. */
export default function DecideMany({ decision, ids, close }: DecideManyProps) {
  const [answered, setAnswered] = useState(false)
  const leave = () => close(answered)
  // Made once: the list stands still, whatever comes in.
  const plan = useQuery({
    queryKey: ['approvals', 'plan', decision, ids.join()],
    queryFn: () => api.approvals.plan.query({ decision, ids: [...ids] }),
    staleTime: Infinity,
    gcTime: 0,
    retry: 1,
  })
  return (
    <Dialog title={`${verbs[decision]} ${requestsOf(ids.length)}`} close={leave} wide>
      {plan.data === undefined ? (
        plan.error === null ? (
          <Skeleton rows={6} label="Looking what this would do" />
        ) : (
          <ErrorScreen told={told(plan.error, 'read')} retry={() => void plan.refetch()} />
        )
      ) : (
        <Frozen
          decision={decision}
          will={plan.data.will as readonly Approval[]}
          wont={plan.data.wont as Refused}
          close={leave}
          decided={() => setAnswered(true)}
        />
      )}
    </Dialog>
  )
}

type Refused = DecisionPlan['wont']

interface FrozenProps {
  readonly decision: Decision
  readonly will: readonly Approval[]
  readonly wont: Refused
  readonly close: () => void
  readonly decided: () => void
}

function Frozen({ decision, will, wont, close, decided }: FrozenProps) {
  const [reason, setReason] = useState('')
  const act = useMutation({
    mutationFn: () =>
      api.approvals.decideMany.mutate({
        decision,
        reason: reason.trim() === '' ? null : reason.trim(),
        items: will.map(({ id, version }) => ({ id, version })),
      }),
    onSettled: decided,
  })
  const results = new Map(
    (act.data?.results as readonly DecisionResult[] | undefined)?.map((each) => [each.id, each]),
  )
  const over = act.data !== undefined
  return (
    <>
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-4 pb-3">
        <p role="status" className="text-muted">
          {over ? outcome([...results.values()]) : 'Nothing has been decided yet.'}
        </p>
        {!over && will.length === 0 && <p>None of these can be answered by you now.</p>}
        <ul aria-label="Will be answered">
          {will.map((approval) => (
            <Line key={approval.id} approval={approval} result={results.get(approval.id)} />
          ))}
        </ul>
        {wont.length > 0 && (
          <section aria-label="Will not be answered">
            <h3 className="label font-normal">{requestsOf(wont.length)} will not be answered</h3>
            <ul>
              {wont.map(({ id, because, approval }) => (
                <li key={id} className="border-line border-b py-1">
                  <What id={id} approval={approval} />
                  <p className="text-muted">{visible(because)}</p>
                </li>
              ))}
            </ul>
          </section>
        )}
        {!over && will.length > 0 && (
          <Field name={decision === 'rejected' ? 'Why not? Each agent reads this' : 'Reason'}>
            <input
              value={reason}
              maxLength={2000}
              onChange={(event) => setReason(event.target.value)}
              className={fieldClass}
            />
          </Field>
        )}
      </div>
      <DialogFooter
        failed={failedChange(act.error)}
        dismiss={act.reset}
        close={close}
        closeWord={over ? 'Close' : 'Cancel'}
      >
        {!over && (
          <Button
            size="thumb"
            look="strong"
            disabled={will.length === 0 || act.isPending}
            onClick={() => act.mutate()}
          >
            {act.isPending ? 'Requested…' : `${verbs[decision]} these ${will.length}`}
          </Button>
        )}
      </DialogFooter>
    </>
  )
}

function outcome(results: readonly DecisionResult[]): string {
  const refused = results.filter((each) => each.outcome === 'refused').length
  const done = results.length - refused
  return refused === 0
    ? `${requestsOf(done)} answered.`
    : `${requestsOf(done)} answered, ${refused} refused: what is refused stays as it was.`
}

/** Who asks for what. */
const What = ({ id, approval }: { readonly id: string; readonly approval: Approval | null }) =>
  approval === null ? (
    <span className="font-mono text-small">{id.slice(0, 8)}</span>
  ) : (
    <span className="flex min-w-0 flex-1 basis-60 flex-wrap gap-x-3">
      <span className="font-medium">{approval.run.agentId}</span>
      <span className="min-w-0 font-mono text-small leading-5 wrap-anywhere">
        {visible(`${approval.tool ?? 'asks to go on'} ${approval.target ?? ''}`.slice(0, 200))}
      </span>
    </span>
  )

interface LineProps {
  readonly approval: Approval
  readonly result: DecisionResult | undefined
}

const Line = ({ approval, result }: LineProps) => (
  <li className="border-line flex flex-wrap gap-x-3 border-b py-1">
    <What id={approval.id} approval={approval} />
    {result !== undefined && (
      <span className={result.outcome === 'done' ? 'text-muted' : 'text-bad'}>
        {result.outcome === 'refused'
          ? visible(result.message)
          : result.approval.decision === null
            ? 'your yes is counted; others are needed'
            : 'done'}
      </span>
    )}
  </li>
)
