import { type Approval, shortActor, typedActor } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { failedChange } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field, fieldClass } from '../ui/Field'
import { visible } from '../ui/visible'

interface PassOnDialogProps {
  readonly approval: Approval
  readonly how: 'delegate' | 'escalate'
  readonly close: () => void
  /** Done: on to the next. */
  readonly passed: () => void
  readonly read: () => void
}

const words = {
  delegate: {
    title: 'Delegate to someone',
    does: 'They are asked by name, and your part is theirs: you do not answer it any more, unless it is handed back to you. Whoever else is asked still may. Nothing is approved by that, and the deadline stays.',
    button: 'Delegate',
  },
  escalate: {
    title: 'Escalate',
    does: 'Others are asked as well. Nothing is approved by that.',
    button: 'Escalate',
  },
} as const

/** Hands the question on: to one person instead of oneself, or to more people. */
export default function PassOnDialog({ approval, how, close, passed, read }: PassOnDialogProps) {
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const named = to.split(',').filter((name) => name.trim() !== '')
  const next = how === 'escalate' ? approval.nextAsked : null
  const pass = useMutation({
    mutationFn: async () => {
      const common = {
        id: approval.id,
        version: approval.version,
        reason: reason.trim() === '' ? null : reason.trim(),
      }
      return how === 'delegate'
        ? api.approvals.delegate.mutate({ ...common, to: typedActor(to) })
        : api.approvals.escalate.mutate({
            ...common,
            ...(named.length > 0 && { to: named.map(typedActor) }),
          })
    },
    onSuccess: () => {
      close()
      passed()
    },
    onSettled: read,
  })
  const enough = how === 'delegate' ? named.length === 1 : named.length > 0 || next !== null
  return (
    <Dialog title={words[how].title} close={close}>
      <form
        className="flex flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          if (enough && !pass.isPending) pass.mutate()
        }}
      >
        <div className="flex flex-col gap-3 px-4 pb-3">
          <p className="text-muted">{words[how].does}</p>
          <Field
            name={how === 'delegate' ? 'To whom' : 'To whom, with commas between'}
            {...(next !== null && {
              hint: `Left empty: ${visible(next.map(shortActor).join(', '))}, as the policy says.`,
            })}
          >
            <input
              value={to}
              maxLength={2000}
              placeholder="ana"
              onChange={(event) => setTo(event.target.value)}
              className={fieldClass}
            />
          </Field>
          <Field name="Reason">
            <input
              value={reason}
              maxLength={2000}
              onChange={(event) => setReason(event.target.value)}
              className={fieldClass}
            />
          </Field>
        </div>
        <DialogFooter failed={failedChange(pass.error)} dismiss={pass.reset} close={close}>
          <Button size="thumb" look="strong" type="submit" disabled={!enough || pass.isPending}>
            {pass.isPending ? 'Requested…' : words[how].button}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
