import { isUuid, type Page, type Run } from '@holdpoint/protocol'

import { CliFailure, usageFailure } from '../failure.ts'
import type { ServerApi } from '../server-api.ts'

const SHORTEST_PREFIX = 6
const PAGE = 200

/** Checks what was typed for RUN: a full id, or its beginning. @throws CliFailure with exit code 2 */
export const checkRunText = (text: string): string => checkIdText(text, 'run')

/** The same for the id of something else. @throws CliFailure with exit code 2 */
export function checkIdText(text: string, what: 'run' | 'approval' | 'action'): string {
  const id = text.toLowerCase()
  if (isUuid(id)) return id
  if (/^[0-9a-f-]+$/.test(id) && id.length >= SHORTEST_PREFIX && id.length < 36) return id
  throw usageFailure(
    `"${text}" is no ${what}: give its id, or at least the first ${SHORTEST_PREFIX} characters of it. Nothing was done.`,
  )
}

/** The full id of the one run that is meant. @throws CliFailure when there is none, or more than one */
export async function findRun(api: ServerApi, text: string): Promise<string> {
  const id = await lookUpRun(api, text)
  if (id !== undefined) return id
  throw new CliFailure(
    1,
    `No run begins with ${checkRunText(text)}. Nothing was done: see holdpoint runs.`,
  )
}

/** The same; undefined when there is none. A full id is not looked up. @throws CliFailure when there is more than one */
export async function lookUpRun(api: ServerApi, text: string): Promise<string | undefined> {
  const wanted = checkRunText(text)
  if (isUuid(wanted)) return wanted
  const found = new Map<string, Run>()
  let cursor: string | null = null
  do {
    const page: Page<Run> = await api.query<Page<Run>>('runs.list', {
      text: wanted,
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    })
    for (const run of page.rows) if (run.id.startsWith(wanted)) found.set(run.id, run)
    cursor = page.nextCursor
  } while (cursor !== null && found.size < 2)
  return theOne(wanted, [...found.values()])
}

function theOne(prefix: string, found: readonly Run[]): string | undefined {
  const [first, second] = found
  if (first === undefined || second === undefined) return first?.id
  throw new CliFailure(
    1,
    `More than one run begins with ${prefix}, for instance ${first.id} and ${second.id}. Nothing was done: give more of the id.`,
  )
}
