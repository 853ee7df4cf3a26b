import type { RunVerb } from '@holdpoint/protocol'

export const runsOf = (n: number): string => (n === 1 ? '1 run' : `${n.toLocaleString('en')} runs`)

interface VerbWords {
  readonly verb: string
  readonly doing: string
  readonly done: string
}

export const verbWords: Record<RunVerb, VerbWords> = {
  pause: { verb: 'Pause', doing: 'Pausing', done: 'paused' },
  resume: { verb: 'Resume', doing: 'Resuming', done: 'resumed' },
  kill: { verb: 'Kill', doing: 'Killing', done: 'killed' },
}
