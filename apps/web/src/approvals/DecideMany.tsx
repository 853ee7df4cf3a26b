import type { Approval, Decision, DecisionPlan, DecisionResult } from '@holdpoint/protocol'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { ErrorScreen } from '../errors/ErrorNote'
import { failedChange, told } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field, fieldClass } from '../ui/Field'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { asksFor } from './asking'
import { requestsOf } from './requestsOf'
import { useDecideAll, usePlan } from './useDecideMany'

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
  const plan = usePlan(decision, ids)
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
          will={plan.data.will}
          wont={plan.data.wont}
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
  const { results, left, act } = useDecideAll(decision, will, decided)
  const begun = results.size > 0 || act.isPending
  const over = will.length > 0 && left === 0
  return (
    <>
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-4 pb-3">
        <p role="status" className="text-muted">
          {over
            ? outcome([...results.values()])
            : begun
              ? `${results.size.toLocaleString()} of ${requestsOf(will.length)} answered.`
              : 'Nothing has been decided yet.'}
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
        {!begun && will.length > 0 && (
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
        closeWord={begun ? 'Close' : 'Cancel'}
      >
        {!over && will.length > 0 && (
          <Button
            size="thumb"
            look="strong"
            disabled={act.isPending}
            onClick={() => act.mutate(reason)}
          >
            {act.isPending
              ? 'Requested…'
              : `${verbs[decision]} ${results.size > 0 ? 'the other' : 'these'} ${left}`}
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
      <span className="font-medium">{visible(approval.run.agentId)}</span>
      <span className="min-w-0 font-mono text-small leading-5 wrap-anywhere">
        {visible(asksFor(approval).slice(0, 200))}
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
