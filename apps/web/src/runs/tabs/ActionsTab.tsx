import { isFinal, type ActionHead, type Run } from '@holdpoint/protocol'
import { useState } from 'react'

import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { type Column, deskOnly, TableHead } from '../../ui/TableHead'
import { visible } from '../../ui/visible'
import { actionLook, safeToRetry } from '../actionFacts'
import { ActionDetail, Took } from '../detail/ActionDetail'
import { toneText } from '../stateLook'
import { Mark } from '../StateMark'
import { useActions } from '../useActions'

const cell = 'h-8 truncate px-3 max-md:h-12'
/** A phone shows what happened and whether it may be sent again; the rest opens with the row. */
const columns: readonly Column[] = [
  { title: 'Tool', only: 'w-1/2 md:w-1/6' },
  { title: 'Target', only: `${deskOnly} w-1/4` },
  { title: 'State', only: 'md:w-40' },
  { title: 'Step', only: deskOnly },
  { title: 'Attempt', only: `${deskOnly} w-20 text-right` },
  { title: 'Took', only: `${deskOnly} w-22 text-right` },
  { title: 'Safe to retry?', only: `${deskOnly} w-1/5` },
]

/** The ledger of side effects: what was sent out, how it ended, and whether it may be sent again. */
export function ActionsTab({ run }: { readonly run: Run }) {
  const query = useActions(run.id, run.seq, isFinal(run.status))
  const [open, setOpen] = useState<string | null>(null)
  if (query.error !== null && query.data === undefined)
    return <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton rows={6} label="Loading actions" />
  const rows = query.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) {
    return (
      <Notice title="No action so far">
        <p>
          {run.engine === 'sdk'
            ? 'The run has not called a tool through the gate yet.'
            : 'A plain-SQL agent keeps no action ledger; what it wrote stands under Audit.'}
        </p>
      </Notice>
    )
  }
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      <table className="w-full table-fixed border-collapse md:min-w-220">
        <TableHead columns={columns} />
        <tbody>
          {rows.map((action) => (
            <ActionRow
              key={action.id}
              run={run}
              action={action}
              open={open === action.id}
              toggle={() => setOpen(open === action.id ? null : action.id)}
            />
          ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <Button look="quiet" className="m-2" onClick={() => void query.fetchNextPage()}>
          Older actions
        </Button>
      )}
    </div>
  )
}

interface ActionRowProps {
  readonly run: Run
  readonly action: ActionHead
  readonly open: boolean
  readonly toggle: () => void
}

function ActionRow({ run, action, open, toggle }: ActionRowProps) {
  const { word, tone, shape } = actionLook[action.state]
  return (
    <>
      <tr className={`border-line border-b ${open ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={cell}>
          <button
            type="button"
            aria-expanded={open}
            onClick={toggle}
            className="max-w-full truncate font-mono text-small hover:underline"
          >
            {visible(action.tool)}
          </button>
          <span className="label block truncate md:hidden">
            {visible(action.target ?? action.step ?? '')}
          </span>
        </td>
        <td className={`${cell} ${deskOnly}`}>{visible(action.target ?? '–')}</td>
        <td className={cell}>
          <span className={`flex items-center gap-1.5 ${tone === 'bad' ? toneText.bad : ''}`}>
            <Mark shape={shape} tone={tone} />
            {word}
            <span className="text-muted ml-auto md:hidden">
              <Took action={action} />
            </span>
          </span>
          <span className="label block truncate md:hidden">{safeToRetry(action)}</span>
        </td>
        <td className={`${cell} ${deskOnly} text-muted`}>{visible(action.step ?? '–')}</td>
        <td className={`${cell} ${deskOnly} text-right`}>{action.attempt}</td>
        <td className={`${cell} ${deskOnly} text-right`}>
          <Took action={action} />
        </td>
        <td className={`${cell} ${deskOnly}`}>{safeToRetry(action)}</td>
      </tr>
      {open && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={7} className="p-3">
            <div className="flex max-w-180 flex-col gap-3">
              <ActionDetail run={run} id={action.id} />
            </div>
          </td>
        </tr>
      )}
    </>
  )
}
