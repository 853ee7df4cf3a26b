/** The address of a run, for a message to somebody. */
export function copyLink(runId: string): void {
  // Refused where the page is not served securely: nothing else depends on it.
  void navigator.clipboard?.writeText(`${location.origin}/runs/${runId}`).catch(() => {})
}
