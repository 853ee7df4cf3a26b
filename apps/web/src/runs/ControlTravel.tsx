import {
  capabilitiesOf,
  isFinal,
  spokenActor,
  type Control,
  type Instant,
  type Run,
} from '@holdpoint/protocol'

import { useNow } from '../live/useNow'
import { dateTime, span } from '../time/format'
import { Ago } from '../time/Ticking'

type Stage =
  | { readonly word: string; readonly is: 'done'; readonly at: Instant }
  | { readonly word: string; readonly is: 'open' }
  | { readonly word: string; readonly is: 'unseen'; readonly because: string }

function stages(control: Control, run: Run): readonly Stage[] {
  const observed = capabilitiesOf(run.engine).delivery === 'observed'
  const stage = (word: string, at: Instant | null, visible: boolean): Stage => {
    if (at !== null) return { word, is: 'done', at }
    if (!visible) return { word, is: 'unseen', because: 'cannot be observed' }
    return control.quiescedAt === null
      ? { word, is: 'open' }
      : { word, is: 'unseen', because: 'not seen' }
  }
  return [
    { word: 'Requested', is: 'done', at: control.requestedAt },
    stage('Delivered', control.deliveredAt, observed),
    stage('Acknowledged', control.acknowledgedAt, observed),
    // What goes on again does not come to rest.
    ...(control.verb === 'resume' ? [] : [stage('Quiesced', control.quiescedAt, true)]),
  ]
}

const verbs = { pause: 'Pause', resume: 'Resume', kill: 'Kill' } as const

/** How far a request has travelled: asked for, reached the worker, taken up, nothing in flight any more. */
export function ControlTravel({ run }: { readonly run: Run }) {
  const { control } = run
  const now = useNow()
  if (control === null) return null
  const all = stages(control, run)
  const open = all.findIndex((stage) => stage.is === 'open')
  const asked = Date.parse(control.requestedAt)
  return (
    <div
      className="text-small flex flex-wrap items-center gap-x-3 gap-y-1"
      data-testid="control-travel"
    >
      <span className="text-muted">
        {verbs[control.verb]} by {spokenActor(control.by)}
        {control.why !== null && `: “${control.why}”`}
        {' · '}
        <Ago at={control.requestedAt} suffix=" ago" />
      </span>
      <ol
        className="flex flex-wrap items-center gap-x-2"
        aria-label="How far the request has travelled"
      >
        {all.map((stage, index) => (
          <li
            key={stage.word}
            className="flex items-center gap-2"
            aria-current={index === open ? 'step' : undefined}
          >
            {index > 0 && (
              <span
                aria-hidden
                className={`h-px w-4 ${stage.is === 'done' ? 'bg-text' : 'bg-line'}`}
              />
            )}
            <StageMark
              stage={stage}
              time={
                stage.is === 'done'
                  ? Date.parse(stage.at) - asked
                  : index === open && now !== null && !isFinal(run.status)
                    ? now - asked
                    : null
              }
              current={index === open}
            />
          </li>
        ))}
      </ol>
    </div>
  )
}

interface StageMarkProps {
  readonly stage: Stage
  readonly time: number | null
  readonly current: boolean
}

function StageMark({ stage, time, current }: StageMarkProps) {
  const dot =
    stage.is === 'done'
      ? 'bg-text border-text'
      : current
        ? 'border-text pulse-mark'
        : 'border-muted'
  return (
    <span
      className={`flex items-center gap-1.5 ${stage.is === 'done' ? '' : 'text-muted'}`}
      title={stage.is === 'done' ? dateTime(Date.parse(stage.at)) : undefined}
    >
      <span aria-hidden className={`size-2 rounded-full border ${dot}`} />
      {stage.word}
      {stage.is === 'unseen' && ` – ${stage.because}`}
      {stage.is === 'done' && time !== null && time > 0 && (
        <span className="text-muted">+{span(time)}</span>
      )}
      {stage.is === 'open' && current && time !== null && (
        <span className="text-muted">{span(Math.max(0, time))}…</span>
      )}
    </span>
  )
}
