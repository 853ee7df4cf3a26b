import type { HealthFact, SystemHealth } from '@holdpoint/protocol'

import { adminQuery } from '../trpc/procedure.ts'
import { databaseFacts } from './database-facts.ts'
import { factOf, type Question, type Sources } from './fact.ts'
import { workFacts } from './work-facts.ts'

const questions: readonly Question[] = [...databaseFacts, ...workFacts]
/** Connections that it takes at once of those for reading: pages keep the others. */
const lanes = 3

/** How Holdpoint itself does. For administrators: it names logins and machines. */
export const health = adminQuery.query(async ({ ctx }): Promise<SystemHealth> => ({
  at: new Date().toISOString(),
  version: ctx.system.version,
  startedAt: ctx.system.startedAt,
  facts: await factsOf({ database: ctx.database, live: ctx.live() }, ctx.log),
}))

async function factsOf(sources: Sources, log: (line: string) => void): Promise<HealthFact[]> {
  const facts = new Map<Question, HealthFact>()
  const waiting = [...questions]
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      facts.set(next, await factOf(next, sources, log))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return questions.flatMap((question) => facts.get(question) ?? [])
}
