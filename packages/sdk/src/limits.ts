import type { RunLimits } from './spec.ts'

/**
 * The limits as `start_run` takes them. JSON writes a number or a date that is none as null, and null is no limit: such
 * a run would go on for ever.
 * @throws RangeError for what limits nothing
 */
export function limitsJson(limits: RunLimits | undefined): object | undefined {
  if (limits === undefined) return undefined
  const { tokens, costUsd, steps, deadline } = limits
  for (const [what, value] of Object.entries({ tokens, costUsd, steps })) {
    if (value !== undefined) checkAmount(`limits.${what}`, value)
  }
  if (deadline !== undefined && Number.isNaN(deadline.getTime())) {
    throw new RangeError('limits.deadline is no date: nothing was started.')
  }
  return { tokens, costUsd, steps, deadline: deadline?.toISOString() }
}

/** @throws RangeError */
export function checkAmount(what: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new RangeError(`${what} cannot be ${value}: nothing was started.`)
  }
}
