import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Attempts, type EarlierAttempt } from './Attempts'
import { Compare, type Other, type Parts } from './Compare'
import type { EarlierQuery } from './useEarlier'

interface EarlierProps {
  readonly query: EarlierQuery
  /** What it has come to in its latest attempt. */
  readonly parts: Parts
  readonly attempts: readonly EarlierAttempt[]
  readonly readAttempt: (attempt: number) => Promise<Parts>
  /** What else it can be compared with: the time before. */
  readonly before: readonly Other[]
  readonly cacheKey: readonly unknown[]
}

/** The attempts of an action or a step before the latest, and what differs between them. */
export function Earlier({ query, attempts, readAttempt, before, ...latest }: EarlierProps) {
  const others = attempts.toReversed().map(({ attempt }) => ({
    key: `attempt ${attempt}`,
    words: `attempt ${attempt}`,
    read: async () => readAttempt(attempt),
  }))
  return (
    <>
      {query.error !== null && (
        <ErrorScreen told={told(query.error, 'read')} retry={() => void query.refetch()} />
      )}
      <Attempts attempts={attempts} />
      <Compare {...latest} others={[...others, ...before]} />
    </>
  )
}
