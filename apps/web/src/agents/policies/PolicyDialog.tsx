import type { Policy } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'

import { DialogFooter } from '../../app/DialogFooter'
import { api } from '../../app/trpc'
import { failedChange } from '../../errors/told'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field, fieldClass } from '../../ui/Field'
import { HoldButton } from '../../ui/HoldButton'
import { useHold } from '../../ui/useHold'
import { visible } from '../../ui/visible'
import { Overtaken } from '../Overtaken'
import { policyFields } from './keptPolicy'
import { PolicyFields } from './PolicyFields'
import { formOf, specOf } from './policyForm'
import { PolicyPreview } from './PolicyPreview'
import { PolicyVersions } from './PolicyVersions'
import { useKeptPolicy } from './useKeptPolicy'

interface PolicyDialogProps {
  /** Null: a new one. */
  readonly policy: Policy | null
  readonly close: () => void
  readonly saved: () => void
}

/** A policy's next version: what it says, what earlier calls would have met, and what it said before. */
export default function PolicyDialog({ policy, close, saved }: PolicyDialogProps) {
  const draft = useKeptPolicy(policy)
  const { form, reason, overtaken } = draft
  const read = specOf(form)
  const why = reason.trim() === '' ? null : reason.trim()
  const done = () => {
    draft.drop()
    saved()
    close()
  }
  const save = useMutation({
    mutationFn: async () => {
      if ('faults' in read) throw new Error('The form is not complete.')
      return api.policies.save.mutate({
        ...(policy !== null && { of: { id: policy.id, version: policy.version } }),
        spec: read.spec,
        reason: why,
      })
    },
    onSuccess: done,
    // It may be that somebody saved another version: theirs is shown.
    onError: saved,
  })
  const retire = useMutation({
    mutationFn: async () =>
      policy === null ? null : api.policies.retire.mutate({ id: policy.id, reason: why }),
    onSuccess: done,
  })
  const hold = useHold(() => retire.mutate())
  const busy = save.isPending || retire.isPending
  const error = save.error ?? retire.error
  return (
    <Dialog
      wide
      title={policy === null ? 'New policy' : `Policy ${visible(policy.name)}`}
      close={close}
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          if ('spec' in read && !busy && overtaken === null) save.mutate()
        }}
      >
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-4 pb-3">
          {policy !== null && overtaken !== null && (
            <Overtaken
              by={policy.createdBy}
              version={policy.version}
              over={overtaken.version}
              base={policyFields(overtaken.base)}
              mine={policyFields(overtaken.form)}
              theirs={policyFields(formOf(policy))}
              apply={draft.reapply}
              drop={draft.drop}
            />
          )}
          {draft.resumed && (
            <p role="status" className="text-muted">
              As you left it. It is kept in this tab until you save or discard it.
            </p>
          )}
          {/* Until it is said what becomes of what was typed, nothing more is typed. */}
          <fieldset disabled={overtaken !== null} className="flex min-w-0 flex-col gap-4">
            <PolicyFields
              form={form}
              // Before anything was typed nothing is wrong yet.
              faults={(policy !== null || draft.typed) && 'faults' in read ? read.faults : {}}
              set={(part) => draft.change({ form: { ...form, ...part } })}
            />
            <Field name="Reason for this change (kept in the audit log)">
              <input
                value={reason}
                maxLength={2000}
                onChange={(event) => draft.change({ reason: event.target.value })}
                className={fieldClass}
              />
            </Field>
          </fieldset>
          {'spec' in read && <PolicyPreview spec={read.spec} policy={policy} />}
          {policy !== null && <PolicyVersions policy={policy} />}
        </div>
        <DialogFooter
          failed={failedChange(error)}
          dismiss={() => {
            save.reset()
            retire.reset()
          }}
          close={() => {
            draft.drop()
            close()
          }}
          closeWord={draft.typed ? 'Discard' : 'Cancel'}
          aside={
            policy !== null && (
              <div className="mr-auto">
                <HoldButton hold={hold} size="thumb" disabled={busy}>
                  Retire (hold)
                </HoldButton>
              </div>
            )
          }
        >
          <Button
            size="thumb"
            look="strong"
            type="submit"
            disabled={'faults' in read || busy || overtaken !== null}
          >
            {save.isPending ? 'Requested…' : policy === null ? 'Put in force' : 'Save next version'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
