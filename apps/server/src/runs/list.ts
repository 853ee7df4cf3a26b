import { type Page, type Run, runStates, stopReasons, wordsOf } from '@holdpoint/protocol'
import { z } from 'zod'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, limit, query } from '../trpc/procedure.ts'
import { agentsNamed } from './agents-named.ts'
import { conditions, oneByOne } from './list-conditions.ts'
import { ask, type Found, type Part, runsSql } from './list-part.ts'
import { search } from './search.ts'

/** Every part has an answer of its own: a script may ask without any. */
const input = z
  .object({
    states: z.array(z.enum(runStates)).max(runStates.length).optional(),
    /** Names; `refund-*` stands for all that begin so. */
    agents: z.array(z.string().max(200)).max(100).optional(),
    skill: z.string().max(200).optional(),
    stopReasons: z.array(z.enum(stopReasons)).max(stopReasons.length).optional(),
    /**
     * Words that a run must all have, each anywhere in its goal, agent, skill, step, tool with its target, or why it
     * stopped; or as the beginning of its id, from six characters on.
     */
    text: z.string().trim().max(200).optional(),
    /** recent: by the last change of status; created: by when it began. Newest first. */
    sort: z.enum(['recent', 'created']).default('recent'),
    cursor,
    limit: limit(200, 50),
  })
  .prefault({})

const columns = { recent: 'status_since', created: 'created_at' } as const

/**
 * Runs by filter, a page at a time, newest first. With words a page may hold fewer runs than asked for, or none, and yet
 * have a next one: where very many are at work they are looked through in turns.
 */
export const list = query.input(input).query(async ({ ctx, input }): Promise<Page<Run>> => {
  const words = wordsOf(input.text ?? '')
  const filter = { ...input, agents: await agentsNamed(ctx.database.read, input.agents) }
  const column = columns[input.sort]
  const after = input.cursor ? decodeCursor(input.cursor) : null
  if (words.length > 0) {
    const wanted = { filter, words, column, after, limit: input.limit }
    return search(ctx.database.read, wanted)
  }
  const part: Part = { column, apart: oneByOne(filter), after }
  const sql = runsSql(part, (given) => conditions(filter, given), input.limit + 1)
  const rows = await ask<Found>(ctx.database.read, sql)
  return pageOf(rows, input.limit)
})
