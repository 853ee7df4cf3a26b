import { runState, type Run } from '@holdpoint/protocol'
import { memo, type ReactNode } from 'react'

import { useNow } from '../../live/useNow'
import { inFlight } from '../../runs/inFlight'
import { StateLabel } from '../../runs/StateMark'
import { span } from '../../time/format'
import { visible } from '../../ui/visible'
import { useRowWindow } from '../useRowWindow'

const lineHeight = 44

export interface RunLine {
  readonly id: string
  readonly run: Run | null
  /** What else is to be said of it. */
  readonly note: ReactNode
  readonly child?: boolean
}

interface RunLinesProps {
  readonly label: string
  readonly lines: readonly RunLine[]
}

/** A list of runs in which none is left out: of two thousand, those in view are drawn. */
export function RunLines({ label, lines }: RunLinesProps) {
  const { scroller, first, last } = useRowWindow(lines.length, lineHeight)
  return (
    <div
      ref={scroller}
      // What scrolls must be reached by keys.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-72 min-h-11 shrink overflow-y-auto"
    >
      <ul aria-label={label} style={{ height: lines.length * lineHeight }} className="relative">
        {lines.slice(first, last).map((line, offset) => (
          <li
            key={line.id}
            aria-setsize={lines.length}
            aria-posinset={first + offset + 1}
            style={{ transform: `translateY(${(first + offset) * lineHeight}px)` }}
            className="border-line absolute inset-x-0 top-0 h-11 border-t px-4"
          >
            <Line {...line} />
          </li>
        ))}
      </ul>
    </div>
  )
}

const Line = memo(function Line({ id, run, note, child = false }: RunLine) {
  if (run === null) {
    return (
      <p className="flex h-full flex-col justify-center">
        <span className="font-mono text-small">{id}</span>
        <span className="text-small text-muted">{note}</span>
      </p>
    )
  }
  return (
    <div className={`flex h-full flex-col justify-center ${child ? 'pl-4' : ''}`}>
      <p className="flex min-w-0 items-center gap-2">
        <span className="w-32 shrink-0">
          <StateLabel state={runState(run)} />
        </span>
        <span className="shrink-0">{visible(run.agentId)}</span>
        <span className="text-muted truncate">{visible(run.goal ?? run.id)}</span>
      </p>
      <p className="text-small text-muted truncate md:pl-34">{note}</p>
    </div>
  )
})

/** The action a run is in right now, which no command takes back. */
export function InFlight({ run }: { readonly run: Run }) {
  const now = useNow()
  const state = inFlight(run)
  if (run.tool === null || state === 'none') return <>No action in flight.</>
  if (state === 'unknown') return <>Whether {visible(run.tool)} landed is not known.</>
  const age =
    now === null || run.toolSince === null
      ? ''
      : `, ${span(Math.max(0, now - Date.parse(run.toolSince)))}`
  return (
    <>
      1 action in flight: <span className="text-text">{visible(run.tool)}</span>
      {age}; it may still finish.
    </>
  )
}
