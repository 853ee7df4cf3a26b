import { AlarmClock } from 'lucide-react'

/** A loop has no state of its own: its clock went off, and nobody came. */
export const LoopMark = () => <AlarmClock aria-hidden className="text-bad size-3.5 shrink-0" />
