import { can, isFinal, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { useBarred } from '../app/useMe'
import { Button } from '../ui/Button'
import type { RunControl } from './useRunControl'

interface JudgeProps {
  readonly run: Run
  readonly control: RunControl
}

/** For a run that a rule holds: to what it stands on, and to let it go on with a word on whether the rule was right. */
export function Judge({ run, control }: JudgeProps) {
  const barred = useBarred('control', run.agentId)
  if (isFinal(run.status) || !run.heldBy.includes('detection')) return null
  const may = barred === null && can('resume', run).allowed && control.requested === null
  return (
    <section
      aria-label="Was the rule right?"
      className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1.5"
    >
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        search={{ tab: 'drift' }}
        className="text-accent underline max-md:leading-11"
      >
        See what repeats
      </Link>
      <span className="text-muted">Resume, and say whether the rule was</span>
      <span className="flex gap-2">
        <Button disabled={!may} className="max-md:h-11" onClick={() => control.judge('right')}>
          right
        </Button>
        <Button disabled={!may} className="max-md:h-11" onClick={() => control.judge('wrong')}>
          wrong
        </Button>
      </span>
    </section>
  )
}
