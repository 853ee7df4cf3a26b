import { duration } from '../../time/format'
import type { Idle } from '../history/scans'

const words: Record<Idle['standing'], string> = {
  h: 'held',
  a: 'waited for a decision',
  w: 'waited',
  q: 'waited for a worker',
  l: 'lost',
}

/** "held 9h 12m": an idle time and how long it was, or is by now. */
export const idleWords = ({ standing, start, end }: Idle, now: number): string =>
  `${words[standing]} ${duration((end ?? now) - start)}`

/** The hue of an idle time, behind the bars: only what a person does or decides has one. */
export const idleFill: Record<Idle['standing'], string> = {
  h: 'bg-holding/12',
  a: 'bg-asking/12',
  w: 'bg-running/6',
  q: 'bg-text/5',
  l: 'bg-bad/10',
}
