import { can, runVerbs, type Run, type RunVerb } from '@holdpoint/protocol'

import { useNow } from '../live/useNow'
import { visible } from '../ui/visible'
import { consequences } from './consequence'

interface WhatWillHappenProps {
  readonly run: Run
  readonly activeChildren: number
  /** Kill is about to be confirmed: only its consequences are shown. */
  readonly armed: boolean
}

/** The sentence under the buttons: what each that can be pressed will do, why the others cannot. */
export function WhatWillHappen({ run, activeChildren, armed }: WhatWillHappenProps) {
  const now = useNow()
  const verbs: readonly RunVerb[] = armed ? ['kill'] : runVerbs.filter((v) => can(v, run).allowed)
  const sentences = new Set(verbs.flatMap((verb) => consequences(verb, run, activeChildren, now)))
  const resume = can('resume', run)
  const stuck = run.status === 'paused' && !resume.allowed && !armed ? [resume.because] : []
  return (
    <p className={`text-small ${armed ? 'text-bad' : 'text-muted'}`}>
      {visible([...stuck, ...sentences].join(' '))}
    </p>
  )
}
