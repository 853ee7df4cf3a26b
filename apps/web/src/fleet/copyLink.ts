/** Where a run is shown, now or as of an instant. */
export const runAddress = (runId: string, at: string | null): string =>
  at === null ? `/runs/${runId}` : `/runs/${runId}?at=${encodeURIComponent(at)}`

/** The address of a run, for a message to somebody; `at` an instant of the past. */
export function copyLink(runId: string, at: string | null): void {
  // Refused where the page is not served securely: nothing else depends on it.
  void navigator.clipboard?.writeText(location.origin + runAddress(runId, at)).catch(() => {})
}
