import type { Action, Run } from '@holdpoint/protocol'

import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { clockTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { visible } from '../ui/visible'
import { SettleButtons } from './SettleButtons'
import { mayBeUnsettled, useUnsettled } from './useUnsettled'

const atMost = 4

/** Actions that may or may not have landed, each with its two answers. Nothing where all is known. */
export function UnknownOutcomes({ run }: { readonly run: Run }) {
  const asked = mayBeUnsettled(run)
  const read = useUnsettled(run, asked)
  if (!asked) return null
  if (read.data === undefined)
    return read.failureReason === null ? null : (
      <ErrorLine told={told(read.failureReason, 'read')} />
    )
  if (read.data.length === 0) return null
  return (
    <section
      aria-label="Unknown outcomes"
      className="border-bad/50 rounded-ctl mt-1 flex flex-col border"
    >
      <ul className="divide-line divide-y">
        {read.data.slice(0, atMost).map((action) => (
          <Unknown key={action.id} run={run} action={action} />
        ))}
      </ul>
      {read.data.length > atMost && (
        <p className="text-muted border-line border-t px-3 py-1.5">
          and {read.data.length - atMost} more, when these are settled
        </p>
      )}
    </section>
  )
}

const Unknown = ({ run, action }: { readonly run: Run; readonly action: Action }) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2">
    <p className="min-w-0 flex-1 basis-60">
      <span className="font-medium">
        Did <span className="font-mono text-small">{visible(action.tool)}</span>{' '}
        {visible(action.target ?? '')} land?
      </span>
      <span className="text-muted block">
        Begun {clockTime(Date.parse(action.intendedAt))},{' '}
        <Ago at={action.intendedAt} suffix=" ago" />
        {action.step !== null && `, in step ${visible(action.step)}`}; attempt {action.attempt}.{' '}
        {action.error === null ? 'No answer came.' : visible(action.error.slice(0, 160))}
      </span>
    </p>
    <SettleButtons run={run} action={action} />
  </li>
)
