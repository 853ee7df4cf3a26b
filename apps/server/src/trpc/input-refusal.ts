import type { ErrorBody, FieldFault } from '@holdpoint/protocol'
import type { ZodError } from 'zod'

type Issue = ZodError['issues'][number]

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' }

/** Plainer than the parser says it, where a person can run into it. */
function words(issue: Issue): string {
  if (issue.code === 'too_big' && issue.message.startsWith('Too big'))
    return `at most ${issue.maximum}${units[issue.origin] ?? ''}`
  if (issue.code === 'too_small' && issue.message.startsWith('Too small'))
    return Number(issue.minimum) === 1 && issue.origin in units
      ? 'is missing'
      : `at least ${issue.minimum}${units[issue.origin] ?? ''}`
  return issue.message
}

/** What is wrong with an input, part by part. */
export function inputRefusal(error: ZodError): ErrorBody {
  const faults = error.issues.map((issue): FieldFault => ({
    path: issue.path.filter((part) => typeof part !== 'symbol'),
    message: words(issue),
  }))
  const message = faults
    .map((fault) =>
      fault.path.length === 0 ? fault.message : `${fault.path.join('.')}: ${fault.message}`,
    )
    .join('; ')
  return { code: 'BAD_REQUEST', message, faults }
}
