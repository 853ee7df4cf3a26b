import type { Run, RunSpan } from '@holdpoint/protocol'
import { useEffect, useState } from 'react'

import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { actionLook } from '../runs/actionFacts'
import type { RunHistory } from '../runs/history/runHistory'
import type { RunRead } from '../runs/history/useRun'
import { toneText } from '../runs/stateLook'
import { Mark } from '../runs/StateMark'
import { clockTime, span as spanText } from '../time/format'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { type Column, deskOnly, TableHead } from '../ui/TableHead'
import { visible } from '../ui/visible'

const page = 100
const cell = 'h-8 truncate px-3 max-md:h-12'
const columns: readonly Column[] = [
  { title: 'Tool', only: 'w-1/2 md:w-1/4' },
  { title: 'Target', only: deskOnly },
  { title: 'State then', only: 'md:w-44' },
  { title: 'Attempt', only: `${deskOnly} w-20 text-right` },
  { title: 'Begun', only: `${deskOnly} w-24 text-right` },
  { title: 'Took', only: `${deskOnly} w-22 text-right` },
]

interface PastActionsTabProps {
  readonly run: Run
  readonly read: RunRead
}

/** What had been sent out by then, newest first, each in the state it had; told by the events alone. */
export function PastActionsTab({ run, read: { history } }: PastActionsTabProps) {
  'use no memo' // The history changes without becoming another object.
  const [shown, setShown] = useState(page)
  const seqs = begunActions(history)
  const wanted = seqs.slice(0, shown)
  useEffect(() => {
    history.spans.want(wanted)
  })
  const { problem } = history.spans
  if (seqs.length === 0)
    return (
      <Notice
        title={history.columns.known < 1 ? 'Looking through the history' : 'No action so far'}
      >
        <p>
          {run.engine === 'sdk'
            ? 'By then the run had not called a tool through the gate.'
            : 'A plain-SQL agent keeps no action ledger; what it wrote stands under Audit.'}
        </p>
      </Notice>
    )
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      {problem !== null && (
        <div className="px-3 py-1.5">
          <ErrorLine told={told(problem, 'read')} />
        </div>
      )}
      <table className="w-full table-fixed border-collapse md:min-w-180">
        <TableHead columns={columns} />
        <tbody>
          {wanted.map((seq) => (
            <ActionRow key={seq} begun={msOf(history, seq)} span={history.spans.get(seq)} />
          ))}
        </tbody>
      </table>
      {shown < seqs.length && (
        <Button look="quiet" className="m-2" onClick={() => setShown(shown + page)}>
          Older actions
        </Button>
      )}
      <p className="label px-3 py-2">
        What was sent and what came back is not told as of then; the events in the timeline say what
        was known.
      </p>
    </div>
  )
}

const msOf = ({ columns }: RunHistory, seq: number): number => (columns.micros(seq) ?? 0) / 1000

/** The events with which actions began, newest first. */
function begunActions({ columns }: RunHistory): readonly number[] {
  const seqs: number[] = []
  for (let seq = columns.count; seq > 0; seq -= 1)
    if (columns.kind(seq) === 'action.intended') seqs.push(seq)
  return seqs
}

interface ActionRowProps {
  readonly begun: number
  /** Undefined until it is read. */
  readonly span: RunSpan | undefined
}

function ActionRow({ begun, span }: ActionRowProps) {
  if (span === undefined || span.kind !== 'action')
    return (
      <tr className="border-line border-b">
        <td colSpan={6} className={cell} aria-label="Not read yet">
          <span className="bg-raised block h-2 w-40 rounded-mark" />
        </td>
      </tr>
    )
  const { word, tone, shape } = actionLook[span.state]
  const ended = span.endedAt === null ? null : Date.parse(span.endedAt)
  return (
    <tr className="border-line border-b">
      <td className={`${cell} font-mono text-small`}>{visible(span.name)}</td>
      <td className={`${cell} ${deskOnly}`}>{visible(span.target ?? '–')}</td>
      <td className={cell}>
        <span className={`flex items-center gap-1.5 ${tone === 'bad' ? toneText.bad : ''}`}>
          <Mark shape={shape} tone={tone} />
          {word}
        </span>
      </td>
      <td className={`${cell} ${deskOnly} text-right`}>{span.attempt}</td>
      <td className={`${cell} ${deskOnly} text-right`}>{clockTime(begun)}</td>
      <td className={`${cell} ${deskOnly} text-right`}>
        {ended === null ? '–' : spanText(Math.max(0, ended - begun))}
      </td>
    </tr>
  )
}
