import type { Action, Run } from '@holdpoint/protocol'
import { Suspense, lazy, useState } from 'react'

import { Button } from '../ui/Button'

const SettleDialog = lazy(() => import('./SettleDialog'))

interface SettleButtonsProps {
  readonly run: Run
  /** The action in question; without one, the oldest of the run that is not settled. */
  readonly action?: Action
}

/** The two answers to "did it land?". Each opens what it does, and asks how the person knows. */
export function SettleButtons({ run, action }: SettleButtonsProps) {
  const [asked, setAsked] = useState<'landed' | 'not landed' | null>(null)
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <Button className="max-md:h-11" aria-haspopup="dialog" onClick={() => setAsked('landed')}>
        It landed
      </Button>
      <Button className="max-md:h-11" aria-haspopup="dialog" onClick={() => setAsked('not landed')}>
        It did not land
      </Button>
      {asked !== null && (
        <Suspense>
          <SettleDialog
            run={run}
            chosen={action ?? null}
            answer={asked === 'landed'}
            close={() => setAsked(null)}
          />
        </Suspense>
      )}
    </span>
  )
}
