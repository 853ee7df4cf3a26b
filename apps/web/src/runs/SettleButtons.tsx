import type { Action, Run } from '@holdpoint/protocol'

import { useBarred } from '../app/useMe'
import { Button } from '../ui/Button'
import { settling } from './settling'

interface SettleButtonsProps {
  readonly run: Run
  /** The action in question; without one, the oldest of the run that is not settled. */
  readonly action?: Action | null
}

/** The two answers to "did it land?". Each opens what it does, and asks how the person knows. */
export function SettleButtons({ run, action = null }: SettleButtonsProps) {
  const barred = useBarred('control', run.agentId)
  if (barred !== null) return null
  const ask = (landed: boolean) => settling.set({ run, action, landed })
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <Button className="max-md:h-11" aria-haspopup="dialog" onClick={() => ask(true)}>
        It landed
      </Button>
      <Button className="max-md:h-11" aria-haspopup="dialog" onClick={() => ask(false)}>
        It did not land
      </Button>
    </span>
  )
}
