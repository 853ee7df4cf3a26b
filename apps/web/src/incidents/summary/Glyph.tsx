import { Clock3, CircleQuestionMark, UserRound } from 'lucide-react'

import { toneText, type Tone } from '../../runs/stateLook'
import { Mark } from '../../runs/StateMark'
import type { GlyphShape } from '../timeline/markLook'

interface GlyphProps {
  readonly shape: GlyphShape
  readonly tone: Tone
}

const icons = { person: UserRound, question: CircleQuestionMark, clock: Clock3 } as const

/** The same marks as in the lanes, beside words. */
export function Glyph({ shape, tone }: GlyphProps) {
  if (shape === 'person' || shape === 'question' || shape === 'clock') {
    const Icon = icons[shape]
    return (
      <Icon
        aria-hidden
        className={`mt-0.75 size-3.5 shrink-0 ${tone === 'quiet' ? '' : toneText[tone]}`}
      />
    )
  }
  return (
    <span className="mt-0.75">
      <Mark shape={shape} tone={tone} still />
    </span>
  )
}
