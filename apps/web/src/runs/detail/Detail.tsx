import type { Run } from '@holdpoint/protocol'
import { X } from 'lucide-react'

import { usePastInstant } from '../../live/useMoment'
import { LaterDetail } from '../../past/LaterDetail'
import { PastDetail } from '../../past/PastDetail'
import type { RunHistory } from '../history/runHistory'
import type { Selection } from '../search'
import { ActionDetail } from './ActionDetail'
import { EventDetail } from './EventDetail'
import { StepDetail } from './StepDetail'

interface DetailProps {
  readonly selection: Selection
  readonly run: Run
  readonly history: RunHistory
  readonly close: () => void
  readonly select: (sel: string) => void
}

const titles = { event: 'Event', action: 'Action', step: 'Step' } as const

/** What is selected, beside the timeline; on a phone instead of it. */
export function Detail({ selection, run, history, close, select }: DetailProps) {
  return (
    <aside
      aria-label={`${titles[selection.kind]} detail`}
      className="border-line bg-surface flex w-full shrink-0 flex-col overflow-y-auto md:w-[26rem] md:border-l"
    >
      <div className="border-line bg-surface sticky top-0 z-10 flex h-9 shrink-0 items-center border-b pr-1.5 pl-3">
        <h2 className="grow">{titles[selection.kind]}</h2>
        <button
          type="button"
          aria-label="Close detail"
          onClick={close}
          className="text-muted hover:bg-raised grid size-7 place-items-center rounded-ctl max-md:size-11"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      </div>
      <div className="flex flex-col gap-3 p-3">
        <Body selection={selection} run={run} history={history} select={select} />
      </div>
    </aside>
  )
}

function Body({ selection, run, history, select }: Omit<DetailProps, 'close'>) {
  'use no memo' // The history changes without becoming another object.
  const then = usePastInstant()
  if (then !== null && selection.kind !== 'event') return <PastDetail />
  if (then !== null && selection.kind === 'event' && selection.seq > run.seq)
    return <LaterDetail seq={selection.seq} />
  switch (selection.kind) {
    case 'event':
      return (
        <EventDetail
          run={run}
          seq={selection.seq}
          line={history.lines.get(selection.seq)}
          select={select}
        />
      )
    case 'action':
      return <ActionDetail run={run} id={selection.id} />
    case 'step':
      return <StepDetail run={run} name={selection.name} occurrence={selection.occurrence} />
  }
}
