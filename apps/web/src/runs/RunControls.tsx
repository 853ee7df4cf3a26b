import { can, isFinal, type Run, type RunVerb } from '@holdpoint/protocol'
import { Pause, Play, Square } from 'lucide-react'
import { useRef, useState, type RefObject } from 'react'

import { useBarred } from '../app/useMe'
import { Button } from '../ui/Button'
import { HoldButton } from '../ui/HoldButton'
import { useHold } from '../ui/useHold'
import { useHotkeys } from '../ui/useHotkeys'
import { FailedAct } from './FailedAct'
import type { RunControl } from './useRunControl'
import { WhatWillHappen } from './WhatWillHappen'

interface RunControlsProps {
  readonly run: Run
  readonly activeChildren: number
  readonly control: RunControl
}

/** Pause, resume, kill; of a run that has ended none of them. What each will do, a reason, the request, and what came of it. Key it by the run. */
export function RunControls(props: RunControlsProps) {
  const { run } = props
  const barred = useBarred('control', run.agentId)
  if (!isFinal(run.status) && barred !== null) {
    return (
      <section aria-label="Controls" className="flex flex-col gap-1.5">
        <p className="text-small text-muted">{barred}</p>
      </section>
    )
  }
  if (!isFinal(run.status)) return <OpenRunControls {...props} />
  return (
    <section aria-label="Controls" className="flex flex-col gap-1.5">
      <p className="text-small text-muted">
        The run {run.status === 'failed' ? 'has' : 'is'} {run.status}; that is final.
      </p>
    </section>
  )
}

function OpenRunControls({ run, activeChildren, control }: RunControlsProps) {
  const [armed, setArmed] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const ask = (verb: RunVerb) => {
    control.ask(verb)
    setArmed(false)
  }
  const kill = () => {
    if (control.reason.trim() !== '') return ask('kill')
    setArmed(true)
    field.current?.focus()
  }

  return (
    <section aria-label="Controls" className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <ReasonField
          field={field}
          armed={armed}
          reason={control.reason}
          onChange={control.setReason}
          onKill={() => ask('kill')}
          onDisarm={() => setArmed(false)}
        />
        <ControlButtons run={run} control={control} ask={ask} kill={kill} />
      </div>
      <WhatWillHappen run={run} activeChildren={activeChildren} armed={armed} />
      <FailedAct failed={control.failed} dismiss={control.dismiss} retry={control.retry} />
    </section>
  )
}

interface ReasonFieldProps {
  readonly field: RefObject<HTMLInputElement | null>
  readonly armed: boolean
  readonly reason: string
  readonly onChange: (reason: string) => void
  readonly onKill: () => void
  readonly onDisarm: () => void
}

function ReasonField({ field, armed, reason, onChange, onKill, onDisarm }: ReasonFieldProps) {
  return (
    <input
      ref={field}
      aria-label={armed ? 'Why kill? Enter kills, Escape cancels' : 'Reason'}
      placeholder={armed ? 'Why kill? Enter kills, Esc cancels' : 'Reason (a kill needs one)'}
      value={reason}
      maxLength={500}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && armed && reason.trim() !== '') onKill()
        if (event.key !== 'Escape') return
        onDisarm()
        event.currentTarget.blur()
      }}
      className={`bg-bg rounded-ctl placeholder:text-muted h-11 w-full min-w-40 flex-1 border px-2.5 max-md:text-[16px] md:h-7
        md:max-w-72 ${armed ? 'border-bad' : 'border-line'}`}
    />
  )
}

interface ControlButtonsProps {
  readonly run: Run
  readonly control: RunControl
  readonly ask: (verb: RunVerb) => void
  readonly kill: () => void
}

const because = (verb: RunVerb, run: Run) => {
  const may = can(verb, run)
  return may.allowed ? undefined : may.because
}

function ControlButtons({ run, control, ask, kill }: ControlButtonsProps) {
  const hold = useHold(kill)
  const killable = can('kill', run).allowed && control.requested === null
  useHotkeys({
    down: {
      x: killable ? hold.start : undefined,
      escape: hold.holding ? hold.cancel : undefined,
    },
    up: { x: hold.cancel },
  })
  const idle = control.requested === null
  const words = (verb: RunVerb, word: string) => (control.requested === verb ? 'Requested…' : word)
  return (
    <div className="flex w-full gap-2 md:w-auto">
      <Button
        size="thumb"
        hotkey="P"
        disabled={!idle || !can('pause', run).allowed}
        title={because('pause', run)}
        onClick={() => ask('pause')}
      >
        <Pause aria-hidden className="size-3.5" /> {words('pause', 'Pause')}
      </Button>
      <Button
        size="thumb"
        hotkey="R"
        disabled={!idle || !can('resume', run).allowed}
        title={because('resume', run)}
        onClick={() => ask('resume')}
      >
        <Play aria-hidden className="size-3.5" /> {words('resume', 'Resume')}
      </Button>
      <HoldButton
        size="thumb"
        hotkey="hold X"
        hold={hold}
        disabled={!killable}
        title={because('kill', run)}
      >
        <Square aria-hidden className="size-3.5" /> {words('kill', 'Kill')}
      </HoldButton>
    </div>
  )
}
