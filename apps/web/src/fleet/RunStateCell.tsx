import { runState, type Run } from '@holdpoint/protocol'

import { StateLabel } from '../runs/StateMark'
import { Lit } from './Lit'

export function RunStateCell({ run }: { readonly run: Run }) {
  const state = runState(run)
  return (
    <Lit on={state} className="block">
      <StateLabel state={state} />
    </Lit>
  )
}
