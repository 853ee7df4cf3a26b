import type { RunState } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { stateLook, toneText, type MarkShape, type Tone } from './stateLook'

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.75,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

/** Drawn on a 14 px grid so that each can be told apart without its colour. */
const shapes: Record<MarkShape, ReactNode> = {
  dot: <circle cx="7" cy="7" r="4" fill="currentColor" />,
  'hollow-dot': <circle cx="7" cy="7" r="3.5" {...line} />,
  'half-dot': (
    <>
      <circle cx="7" cy="7" r="4" {...line} strokeWidth={1.5} />
      <path d="M7 3a4 4 0 0 1 0 8Z" fill="currentColor" />
    </>
  ),
  ring: <circle cx="7" cy="7" r="4.25" {...line} strokeWidth={1.25} strokeDasharray="1.5 2.2" />,
  hand: (
    <path
      d="M4 8V4.2a.9.9 0 0 1 1.8 0V6.5 M5.8 6.2V2.9a.9.9 0 0 1 1.8 0v3.3 M7.6 6.3V3.5a.9.9 0 0 1 1.8 0v3.2 M9.4 6.9V5.1a.85.85 0 0 1 1.7 0v3.4c0 2.4-1.5 4-3.8 4-1.6 0-2.6-.7-3.3-1.9L2.5 8.4a.85.85 0 0 1 1.4-.9L4 8"
      {...line}
      strokeWidth={1.3}
    />
  ),
  bars: <path d="M5 3.5v7M9 3.5v7" {...line} strokeWidth={2.25} />,
  check: <path d="M3 7.5 5.8 10.3 11 4.2" {...line} />,
  cross: <path d="m3.5 3.5 7 7m0-7-7 7" {...line} strokeWidth={2} />,
  square: <rect x="3.25" y="3.25" width="7.5" height="7.5" rx="1" {...line} strokeWidth={1.6} />,
  'broken-link': (
    <>
      <path
        d="M6 4.2 7.3 2.9a2.4 2.4 0 0 1 3.4 3.4L9.6 7.4M8 9.8l-1.3 1.3a2.4 2.4 0 0 1-3.4-3.4l1.1-1.1"
        {...line}
        strokeWidth={1.6}
      />
      <path
        d="M2.2 2.6 3.6 4M4.6 1.4v1.7M12 11.4l-1.5-1.3M9.5 12.7v-1.8"
        {...line}
        strokeWidth={1.2}
      />
    </>
  ),
}

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
      {shapes[shape]}
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
