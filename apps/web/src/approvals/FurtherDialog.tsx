import type { Approval } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { failedChange } from '../errors/told'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field, fieldClass } from '../ui/Field'
import { visible } from '../ui/visible'
import { emptyForm, type FurtherForm, furtherOf } from './further'

interface FurtherDialogProps {
  readonly approval: Approval
  readonly close: () => void
  readonly answered: () => void
  readonly read: () => void
}

/** A yes to this call and, in bounds, to calls to come. It can be taken back at any time. */
export default function FurtherDialog({ approval, close, answered, read }: FurtherDialogProps) {
  const [form, setForm] = useState<FurtherForm>(emptyForm)
  const [reason, setReason] = useState('')
  const set = (part: Partial<FurtherForm>) => setForm({ ...form, ...part })
  // Whether it is complete does not depend on when.
  const meant = furtherOf(form, approval.target, 0)
  const decide = useMutation({
    mutationFn: async () => {
      const now = furtherOf(form, approval.target, Date.now())
      if ('missing' in now) throw new Error(now.missing)
      return api.approvals.decide.mutate({
        id: approval.id,
        version: approval.version,
        decision: 'approved',
        reason: reason.trim() === '' ? null : reason.trim(),
        further: now.further,
      })
    },
    onSuccess: () => {
      close()
      answered()
    },
    onError: read,
  })
  const ready = !('missing' in meant) && !decide.isPending
  return (
    <Dialog title={`Approve ${visible(approval.tool ?? '')} and calls to come`} close={close}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) decide.mutate()
        }}
      >
        <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-4 pb-3">
          <Scopes agent={approval.run.agentId} form={form} set={set} />
          <Bounds form={form} set={set} target={approval.target} />
          <Field name="Reason (kept in the audit log)">
            <input
              value={reason}
              maxLength={2000}
              onChange={(event) => setReason(event.target.value)}
              className={fieldClass}
            />
          </Field>
          <p role="status" className="text-muted text-small">
            {'missing' in meant
              ? meant.missing
              : 'It is counted down by the database, and can be taken back under Agents, Policies.'}
          </p>
        </div>
        <DialogFooter failed={failedChange(decide.error)} dismiss={decide.reset} close={close}>
          <Button size="thumb" look="strong" type="submit" disabled={!ready}>
            {decide.isPending ? 'Requested…' : 'Approve these'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

interface PartProps {
  readonly form: FurtherForm
  readonly set: (part: Partial<FurtherForm>) => void
}

function Scopes({ agent, form, set }: PartProps & { readonly agent: string }) {
  const choices = [
    { scope: 'run', words: 'Calls of the same tool in this run' },
    { scope: 'agent', words: `Calls of the same tool in any run of ${visible(agent)}` },
  ] as const
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="label mb-1">Which calls</legend>
      {choices.map(({ scope, words }) => (
        <label key={scope} className="flex items-center gap-2">
          <input
            type="radio"
            name="scope"
            checked={form.scope === scope}
            onChange={() => set({ scope })}
            className="accent-accent"
          />
          {words}
        </label>
      ))}
    </fieldset>
  )
}

function Bounds({ form, set, target }: PartProps & { readonly target: string | null }) {
  return (
    <>
      <Field name="Only where (JSON path on the arguments)">
        <input
          value={form.condition}
          maxLength={500}
          spellCheck={false}
          placeholder="$.amount <= 20"
          onChange={(event) => set({ condition: event.target.value })}
          className={`${fieldClass} font-mono text-small`}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field name="How often, at most">
          <input
            value={form.maxUses}
            inputMode="numeric"
            placeholder={form.scope === 'run' ? 'any number' : '5'}
            onChange={(event) => set({ maxUses: event.target.value })}
            className={fieldClass}
          />
        </Field>
        <Field name="For how many hours">
          <input
            value={form.hours}
            inputMode="numeric"
            placeholder={form.scope === 'run' ? 'until it ends' : '8'}
            onChange={(event) => set({ hours: event.target.value })}
            className={fieldClass}
          />
        </Field>
      </div>
      {target !== null && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={form.onlyTarget}
            onChange={(event) => set({ onlyTarget: event.target.checked })}
            className="accent-accent"
          />
          <span className="wrap-anywhere">Only on {visible(target.slice(0, 160))}</span>
        </label>
      )}
    </>
  )
}
