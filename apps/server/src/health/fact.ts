import { databaseTrouble, type HealthFact, type HealthVerdict } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import type { LiveFacts } from '../trpc/procedure.ts'

export interface Sources {
  readonly database: Database
  readonly live: LiveFacts
}

export interface Judged {
  readonly verdict: Exclude<HealthVerdict, 'unread'>
  readonly says: string
  readonly toDo?: string
}

export interface Question {
  readonly id: string
  readonly title: string
  readonly ask: (sources: Sources) => Promise<Judged> | Judged
}

/** Answers one question. One that cannot be answered says so, and fails no other. */
export async function factOf(
  { id, title, ask }: Question,
  sources: Sources,
  log: (line: string) => void,
): Promise<HealthFact> {
  try {
    const { verdict, says, toDo = null } = await ask(sources)
    return { id, title, verdict, says, toDo }
  } catch (error) {
    log(`health, ${title}: ${error instanceof Error ? error.message : String(error)}`)
    return { id, title, verdict: 'unread', ...whyUnread(error) }
  }
}

/** Never the error's own words: they may name hosts and logins. */
function whyUnread(error: unknown): Pick<HealthFact, 'says' | 'toDo'> {
  const trouble = databaseTrouble(error)
  if (trouble === 'slow')
    return {
      says: 'Could not be read: the database took longer than 5 s.',
      toDo: 'See what else the database is busy with.',
    }
  if (trouble === 'away' || trouble === 'refused')
    return {
      says: 'Could not be read: the database does not answer.',
      toDo: 'See the line about the database.',
    }
  return { says: 'Could not be read.', toDo: "The server's log says why." }
}

/** The worse the larger. */
export const grade = (value: number, look: number, bad: number): Judged['verdict'] =>
  value >= bad ? 'bad' : value >= look ? 'look' : 'ok'

/** What to do, only where there is something. */
export const judged = (verdict: Judged['verdict'], says: string, toDo: string): Judged =>
  verdict === 'ok' ? { verdict, says } : { verdict, says, toDo }

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** `12 s`, `4 min`, `3 h`, `2 d`. */
export function span(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}
