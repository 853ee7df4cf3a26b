import type { Approval } from '@holdpoint/protocol'

import { JsonView } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { ClaimMark } from '../ui/Words'
import { askedStep } from './asking'

/** What its run recorded at the step it waits at: all that a plain-SQL agent leaves to judge by. */
export function StepInput({ approval }: { readonly approval: Approval }) {
  const { run, stepInput } = approval
  const step = askedStep(run)
  if (stepInput === null) {
    return (
      <p className="text-muted">
        {step === null
          ? 'It recorded no input with its request'
          : visible(`It recorded no input for ${step}`)}
        : judge by its goal and by what it did just before.
      </p>
    )
  }
  return (
    <div className="flex flex-col gap-1">
      <JsonView
        label={step === null ? 'Step input' : visible(`Input of ${step}`)}
        value={stepInput}
        open={4}
      />
      <p className="-ml-1.5">
        <ClaimMark />
      </p>
    </div>
  )
}
