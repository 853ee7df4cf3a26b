import type { Action, Run } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { ErrorScreen } from '../errors/ErrorNote'
import { failedChange, told } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { responseOf, whatSettlingDoes } from './settle'
import { useUnsettled } from './useUnsettled'
import { WhatIsKnown } from './WhatIsKnown'

interface SettleDialogProps {
  readonly run: Run
  readonly chosen: Action | null
  /** The answer it was opened with: landed or not. */
  readonly answer: boolean
  readonly close: () => void
}

/** Says whether an action landed of which nobody knows: what is known, what each answer does, and why. */
export default function SettleDialog({ run, chosen, answer, close }: SettleDialogProps) {
  const read = useUnsettled(run, chosen === null)
  const action = chosen ?? read.data?.[0]
  const others = (read.data?.length ?? 1) - 1
  const what = action === undefined ? 'the action' : action.tool
  return (
    <Dialog title={`Did ${visible(what)} land?`} close={close}>
      {action !== undefined ? (
        <SettleForm key={action.id} run={run} action={action} answer={answer} close={close}>
          {others > 0 && chosen === null && (
            <p className="text-muted">
              {others} more of this run {others === 1 ? 'is' : 'are'} not known; this is the oldest.
            </p>
          )}
        </SettleForm>
      ) : read.failureReason !== null ? (
        <ErrorScreen told={told(read.failureReason, 'read')} retry={() => void read.refetch()} />
      ) : read.data === undefined ? (
        <Skeleton rows={5} label="Loading the action" />
      ) : (
        <Notice
          title="Nothing is unknown any more"
          actions={<Button onClick={close}>Close</Button>}
        >
          <p>Someone has said what became of it, or its worker has.</p>
        </Notice>
      )}
    </Dialog>
  )
}

interface SettleFormProps {
  readonly run: Run
  readonly action: Action
  readonly answer: boolean
  readonly close: () => void
  readonly children: ReactNode
}

function SettleForm({ run, action, answer, close, children }: SettleFormProps) {
  const [landed, setLanded] = useState(answer)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const response = responseOf(typed)
  const settle = useMutation({
    mutationFn: async () =>
      api.runs.settleAction.mutate({
        actionId: action.id,
        landed,
        reason: reason.trim(),
        ...(landed &&
          response.ok &&
          response.response !== undefined && { response: response.response }),
      }),
    onSuccess: close,
  })
  const ready = reason.trim() !== '' && (!landed || response.ok)
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !settle.isPending) settle.mutate()
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-4 pb-3">
        <WhatIsKnown action={action} run={run} />
        {children}
        <fieldset className="flex flex-col gap-2">
          <legend className="label mb-1">Your answer</legend>
          <Answer is={landed} value pick={setLanded} word="It landed">
            {whatSettlingDoes(true, action, run)}
          </Answer>
          <Answer is={landed} value={false} pick={setLanded} word="It did not land">
            {whatSettlingDoes(false, action, run)}
          </Answer>
        </fieldset>
        <label className="flex flex-col gap-1">
          <span className="label">How do you know? (required; it is kept in the audit log)</span>
          <textarea
            // The one thing left to say, not a button that copies; Escape leaves.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            rows={2}
            value={reason}
            maxLength={2000}
            placeholder={
              landed
                ? 'It is in the sent folder, 03:12'
                : 'Not in the sent folder, asked the provider'
            }
            onChange={(event) => setReason(event.target.value)}
            className={field}
          />
        </label>
        {landed && <ResponseField typed={typed} change={setTyped} />}
      </div>
      <DialogFooter failed={failedChange(settle.error)} dismiss={settle.reset} close={close}>
        <Button size="thumb" look="strong" type="submit" disabled={!ready || settle.isPending}>
          {settle.isPending ? 'Requested…' : landed ? 'Mark as landed' : 'Mark as not landed'}
        </Button>
      </DialogFooter>
    </form>
  )
}

const field =
  'bg-bg border-line placeholder:text-muted rounded-ctl border px-2.5 py-1.5 max-md:text-[16px]'

interface AnswerProps {
  readonly is: boolean
  readonly value: boolean
  readonly pick: (landed: boolean) => void
  readonly word: string
  readonly children: string
}

function Answer({ is, value, pick, word, children }: AnswerProps) {
  const id = useId()
  return (
    <div
      className={`rounded-ctl flex gap-2.5 border px-3 py-2 ${is === value ? 'border-accent bg-selected' : 'border-line'}`}
    >
      <input
        id={id}
        type="radio"
        name="landed"
        checked={is === value}
        aria-describedby={`${id}-does`}
        onChange={() => pick(value)}
        className="accent-accent mt-1 shrink-0 self-start"
      />
      <label htmlFor={id} className="grow">
        <span className="font-medium">{word}</span>
        <span id={`${id}-does`} className="text-muted block">
          {children}
        </span>
      </label>
    </div>
  )
}

function ResponseField({
  typed,
  change,
}: {
  readonly typed: string
  readonly change: (typed: string) => void
}) {
  const read = responseOf(typed)
  return (
    <label className="flex flex-col gap-1">
      <span className="label">What it answered, as JSON (optional; the agent gets this)</span>
      <textarea
        rows={3}
        value={typed}
        spellCheck={false}
        placeholder='{"messageId": "…"}'
        aria-invalid={!read.ok}
        onChange={(event) => change(event.target.value)}
        className={`${field} font-mono text-small`}
      />
      {!read.ok && (
        <span role="status" className="text-bad text-small">
          {read.because}
        </span>
      )}
    </label>
  )
}
