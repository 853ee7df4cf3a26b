import { type Database, mostAskedAtATime } from './database.ts'
import { FairTurns } from './fair-turns.ts'
import { problem } from './problem.ts'

/** Questions that the database answers at a time. */
const turns = { all: mostAskedAtATime, each: 3, kept: 2 } as const
/** Questions that wait for one person. */
const mostWaiting = 500

/** The database as a person may ask it: all their sessions and tokens have one share. */
export type ShareOf = (person: string) => Database

/** Gives each person who asks a share of the reads, so that nobody's questions keep another from an answer. */
export function sharesOf(database: Database): ShareOf {
  const fair = new FairTurns(turns)
  return (who) => ({
    ...database,
    read: async <Row>(sql: string, params?: readonly unknown[]): Promise<Row[]> => {
      if (fair.openOf(who) >= turns.each + mostWaiting) {
        throw problem(
          'UNAVAILABLE',
          'You have too many questions open.',
          'Ask again when some of them are answered.',
        )
      }
      return fair.take(who, async () => database.read<Row>(sql, params))
    },
  })
}
