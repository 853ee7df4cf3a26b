/** A call that the agent did not wait for must not end its process when it fails late; its failure is recorded. */
export function heard<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
