import type { Observation, Outcome } from './observation.ts'
import type { ToolSettings } from './settings.ts'

/**
 * How it ended, also where a tool reports its failure as a success: an answer that begins with
 * "Error", `{"error": ...}`, `{"ok": false}`, or what the tool's own settings name.
 * @param written the result in its canonical form
 */
export function outcomeOf(
  { outcome, result }: Observation,
  written: string,
  { failsWhen }: ToolSettings,
): Outcome {
  if (outcome !== 'ok') return outcome
  return saysFailure(result) || failsWhen.some((text) => written.includes(text)) ? 'failed' : 'ok'
}

function saysFailure(result: unknown): boolean {
  if (typeof result === 'string') {
    return /^\s{0,20}(?:error|exception|traceback|fatal)\b|^\s{0,20}exit ?code: [1-9]/i.test(
      result.slice(0, 200),
    )
  }
  if (typeof result !== 'object' || result === null) return false
  const fields = result as Record<string, unknown>
  return (
    isSaid(fields['error']) ||
    fields['isError'] === true ||
    fields['is_error'] === true ||
    fields['ok'] === false ||
    fields['success'] === false
  )
}

/** `{"error": null}`, `{"error": ""}` and `{"error": false}` say that there was none. */
const isSaid = (error: unknown): boolean =>
  error !== undefined && error !== null && error !== '' && error !== false
