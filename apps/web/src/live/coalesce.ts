/**
 * Calls `flush` soon after it is asked, but not again before `everyMs()` have passed: the first change
 * after a quiet time is shown at once, a burst is shown in steps. A timer, not an animation frame:
 * those stop in hidden tabs, and a tab that comes back must not be stale.
 */
export function coalesce(flush: () => void, everyMs: () => number): () => void {
  let due = false
  let flushedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (due) return
    due = true
    const wait = Math.max(0, flushedAt + everyMs() - performance.now())
    setTimeout(() => {
      due = false
      flushedAt = performance.now()
      flush()
    }, wait)
  }
}
