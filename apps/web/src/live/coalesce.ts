/**
 * Calls `flush` once per `everyMs` however often it is asked. A timer, not an animation frame: those
 * stop in hidden tabs, and a tab that comes back must not be stale.
 */
export function coalesce(flush: () => void, everyMs: number): () => void {
  let due = false
  return () => {
    if (due) return
    due = true
    setTimeout(() => {
      due = false
      flush()
    }, everyMs)
  }
}
