import type { RunState } from '@holdpoint/protocol'

import { markShapes, type MarkStroke } from './markShapes'
import { stateLook, toneText, type MarkShape, type Tone } from './stateLook'

const strokeOf = ({ d, width, dash }: MarkStroke) =>
  width === undefined ? (
    <path key={d} d={d} fill="currentColor" />
  ) : (
    <path
      key={d}
      d={d}
      fill="none"
      stroke="currentColor"
      strokeWidth={width}
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeDasharray={dash?.join(' ')}
    />
  )

interface MarkProps {
  readonly shape: MarkShape
  readonly tone: Tone
  readonly hatched?: boolean
  readonly still?: boolean
}

/** A mark alone: always beside a word. */
export function Mark({ shape, tone, hatched = false, still = false }: MarkProps) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 14 14"
      className={`size-3.5 shrink-0 ${toneText[tone]} ${hatched ? 'hatched rounded-mark' : ''} ${shape === 'dot' && !still ? 'pulse-mark' : ''}`}
    >
      {markShapes[shape].map(strokeOf)}
    </svg>
  )
}

interface StateMarkProps {
  readonly state: RunState
  /** No run is in this state: the mark without its hue. */
  readonly none?: boolean
}

export function StateMark({ state, none = false }: StateMarkProps) {
  const { shape, tone } = stateLook[state]
  return (
    <Mark
      shape={shape}
      tone={none ? 'quiet' : tone}
      hatched={state === 'lost' && !none}
      still={none}
    />
  )
}

/** Mark and word; the word is coloured only where a person is needed. */
export function StateLabel({
  state,
  strong,
}: {
  readonly state: RunState
  readonly strong?: boolean
}) {
  const { word, tone, loud } = stateLook[state]
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <StateMark state={state} />
      <span
        className={`truncate ${loud ? toneText[tone] : strong === true ? '' : 'text-muted'} ${strong === true || loud ? 'font-medium' : ''}`}
      >
        {word}
      </span>
    </span>
  )
}
