import type { Database } from './database.ts'
import { problem } from './problem.ts'
import { takingTurns } from './turns.ts'

/** Questions that the database answers one person or token at a time: half of the connections for reads. */
const mostAtATime = 3
/** Questions that wait for one person or token. */
const mostWaiting = 500

/** The database as someone may ask it. */
export type ShareOf = (who: string) => Database

interface Share {
  readonly inTurn: ReturnType<typeof takingTurns>
  asked: number
}

/** Gives each who asks a share of the reads, so that nobody's questions keep another from an answer. */
export function sharesOf(database: Database): ShareOf {
  const shares = new Map<string, Share>()
  return (who) => ({
    ...database,
    read: async <Row>(sql: string, params?: readonly unknown[]): Promise<Row[]> => {
      const share = shares.get(who) ?? { inTurn: takingTurns(mostAtATime), asked: 0 }
      if (share.asked >= mostAtATime + mostWaiting) {
        throw problem(
          'UNAVAILABLE',
          'You have too many questions open.',
          'Ask again when some of them are answered.',
        )
      }
      shares.set(who, share)
      share.asked += 1
      try {
        return await share.inTurn(async () => database.read<Row>(sql, params))
      } finally {
        share.asked -= 1
        if (share.asked === 0) shares.delete(who)
      }
    },
  })
}
