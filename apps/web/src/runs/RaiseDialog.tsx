import type { LimitName, Limits, Run } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { failedChange } from '../errors/told'
import { useNow } from '../live/useNow'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { limitRows, wantedLimits, type LimitRow } from './raise'

interface RaiseDialogProps {
  readonly run: Run
  readonly close: () => void
}

const field =
  'bg-bg border-line placeholder:text-muted rounded-ctl w-full min-w-0 border px-2.5 py-1 max-md:h-11 max-md:text-[16px] md:h-7'

const isHeldOtherwise = (run: Run): boolean => run.heldBy.some((kind) => kind !== 'budget')

/** What is used beside what was allowed, new limits, and why; with it the hold of the budget is lifted. */
export default function RaiseDialog({ run, close }: RaiseDialogProps) {
  // Before the database's clock was heard, no deadline is said to have passed.
  const now = useNow() ?? 0
  const rows = limitRows(run, now)
  const [typed, setTyped] = useState<Readonly<Partial<Record<LimitName, string>>>>(() =>
    Object.fromEntries(
      rows.map(({ name, usedUp, suggestion }) => [name, usedUp ? suggestion : '']),
    ),
  )
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const wanted = wantedLimits(run, typed, now)
  const raise = useMutation({
    mutationFn: async (limits: Partial<Limits>) =>
      api.runs.raiseLimits.mutate({ id: run.id, limits, reason: reason.trim() }),
    onSuccess: close,
  })
  const submit = () => {
    setTried(true)
    if (!wanted.ok || reason.trim() === '' || raise.isPending) return
    raise.mutate(wanted.limits)
  }
  return (
    <Dialog title="Raise the limit and resume" close={close}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <div className="flex flex-col gap-3 overflow-y-auto px-4 pb-3">
          <p className="text-muted">
            {isHeldOtherwise(run)
              ? 'The new limits hold at once. Something else holds the run as well: it goes on when that is lifted, too.'
              : 'The new limits hold at once, and the run goes on from its last checkpoint.'}
          </p>
          <table className="w-full border-collapse text-left">
            <thead>
              <tr className="label">
                {['Limit', 'Used', 'Limit now', 'New limit'].map((title, nth) => (
                  <th
                    key={title}
                    scope="col"
                    className={`h-7 pr-3 font-normal ${nth === 1 || nth === 2 ? 'text-right' : ''}`}
                  >
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <LimitLine
                  key={row.name}
                  row={row}
                  typed={typed[row.name] ?? ''}
                  wrong={!wanted.ok && wanted.at === row.name}
                  change={(text) => setTyped({ ...typed, [row.name]: text })}
                />
              ))}
            </tbody>
          </table>
          {!wanted.ok && (
            <p role="status" className="text-bad">
              {wanted.because}
            </p>
          )}
          <label className="flex flex-col gap-1">
            <span className="label">Why is it worth more? (required)</span>
            <input
              value={reason}
              maxLength={500}
              aria-invalid={tried && reason.trim() === ''}
              onChange={(event) => setReason(event.target.value)}
              className={field}
            />
          </label>
        </div>
        <DialogFooter failed={failedChange(raise.error)} dismiss={raise.reset} close={close}>
          <Button
            size="thumb"
            look="strong"
            type="submit"
            disabled={!wanted.ok || reason.trim() === '' || raise.isPending}
          >
            {raise.isPending ? 'Requested…' : 'Raise and resume'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

interface LimitLineProps {
  readonly row: LimitRow
  readonly typed: string
  readonly wrong: boolean
  readonly change: (text: string) => void
}

const LimitLine = ({ row, typed, wrong, change }: LimitLineProps) => (
  <tr className="border-line border-t">
    <th scope="row" className="h-10 pr-3 font-normal whitespace-nowrap">
      {row.word}
    </th>
    <td className={`pr-3 text-right ${row.usedUp ? 'text-holding font-medium' : ''}`}>
      {row.used}
    </td>
    <td className="pr-3 text-right">{row.limit}</td>
    <td className="w-44">
      <input
        type={row.name === 'deadline' ? 'datetime-local' : 'text'}
        inputMode={row.name === 'deadline' ? undefined : 'decimal'}
        aria-label={`New limit: ${row.word}`}
        placeholder={row.usedUp ? row.suggestion : 'unchanged'}
        value={typed}
        aria-invalid={wrong}
        onChange={(event) => change(event.target.value)}
        className={`${field} ${wrong ? 'border-bad' : ''}`}
      />
    </td>
  </tr>
)
