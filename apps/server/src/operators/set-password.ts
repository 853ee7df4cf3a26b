import { createHash, randomBytes } from 'node:crypto'

import { longestPassword, shortestPassword } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { ownVerb, verb } from '../trpc/procedure.ts'
import { type Cost, costNow, deriveKey } from './derive-key.ts'
import { person } from './input.ts'

const input = z.object({
  current: z.string().max(longestPassword).nullable(),
  password: z
    .string()
    .min(shortestPassword, `at least ${shortestPassword} characters`)
    .max(longestPassword),
})

/** Sets one's own password; whoever has one shows it first. All other sessions end. */
export const setPassword = ownVerb.input(input).mutation(async ({ ctx, input: given }) => {
  const { database, person: name, session, caller } = ctx
  if (given.password.toLowerCase().includes(name.toLowerCase()))
    throw problem('BAD_REQUEST', 'A password that holds the name is guessed first.')
  const salt = randomBytes(16)
  const key = await deriveKey(given.password, salt, costNow)
  const [row] = await database.verb<{ done: boolean }>(
    'select set_password($1, $2, $3, $4, $5, $6, $7) as done',
    [
      name,
      given.current === null ? null : await oldKey(database, name, given.current),
      salt,
      JSON.stringify(costNow),
      createHash('sha256').update(key).digest(),
      session,
      caller.actor,
    ],
  )
  if (row?.done !== true)
    throw problem('FORBIDDEN', 'The present password is not this one: nothing was changed.')
  return { name }
})

async function oldKey(
  database: { read: <Row>(sql: string, params: unknown[]) => Promise<Row[]> },
  name: string,
  password: string,
): Promise<Buffer | null> {
  const [known] = await database.read<{ salt: Buffer; cost: Cost }>(
    'select salt, cost from password_salt($1, null)',
    [name],
  )
  return known === undefined ? null : deriveKey(password, known.salt, known.cost)
}

/** Takes someone's password away: they come in by link, and set another one. */
export const removePassword = verb('administer')
  .input(z.object({ name: person }))
  .mutation(async ({ ctx, input: { name } }) => {
    await ctx.database.verb('select remove_password($1, $2)', [name, ctx.caller.actor])
    return { name }
  })
