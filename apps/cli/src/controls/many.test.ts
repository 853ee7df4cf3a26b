import { randomUUID } from 'node:crypto'

import type { BulkPlan, Run } from '@holdpoint/protocol'
import { expect, it } from 'vitest'

import { CliFailure } from '../failure.ts'
import { RefusedError, type ServerApi } from '../server-api.ts'
import { controlMany } from './many.ts'

const runs = Array.from(
  { length: 250 },
  () =>
    ({
      id: randomUUID(),
      agentId: 'bot',
      status: 'running',
      stopReason: null,
      waitingOn: null,
    }) as unknown as Run,
)

/** A server that plans everything and answers the first so many parts. */
async function kill(
  parts: number,
  failure: Error,
  { cut = false, sent = [] as string[][] } = {},
): Promise<{ code: number; out: string[] }> {
  const out: string[] = []
  const api = {
    url: '',
    ask: async (): Promise<BulkPlan> => ({
      verb: 'kill',
      cut,
      will: runs.map((run) => ({ run, childOf: null })),
      wont: [],
    }),
    mutate: async (_path: string, { ids }: { ids: string[] }) => {
      if (sent.push(ids) > parts) throw failure
      return { results: ids.map((id) => ({ id, outcome: 'done', run: { ...runs[0], id } })) }
    },
  } as unknown as ServerApi
  const orders = { verb: 'kill', reason: 'r', dryRun: false, yes: true, json: false } as const
  const code = await controlMany(
    api,
    runs.map(({ id }) => id),
    orders,
    {
      out: (line) => out.push(line),
      ask: async () => Promise.resolve(undefined),
    },
  )
  expect(sent.every((ids) => ids.length <= 100)).toBe(true)
  expect(sent.flat()).toEqual(runs.slice(0, sent.flat().length).map(({ id }) => id))
  return { code, out: out.slice(-251) }
}

const counted = (out: readonly string[], words: RegExp): number =>
  out.filter((line) => words.test(line)).length

it('acts on exactly the planned runs, in parts', async () => {
  const { code, out } = await kill(3, new Error('unused'))
  expect(code).toBe(0)
  expect(out.at(-1)).toBe('250 of 250 killed.')
})

it('where the server stops answering, says what is done, what is not known and what was not tried', async () => {
  const { code, out } = await kill(1, new CliFailure(3, 'The server does not answer.'))
  expect(code).toBe(3)
  expect(counted(out, / is running\.$/)).toBe(100)
  expect(counted(out, /What became of it is not known\. The server does not answer\.$/)).toBe(100)
  expect(counted(out, /Not tried, because the server did not answer/)).toBe(50)
  expect(out.at(-1)).toBe('100 of 250 killed.')
})

it('a request that is refused as a whole is no unknown', async () => {
  const { code, out } = await kill(0, new RefusedError({ code: 'FORBIDDEN', message: 'No.' }))
  expect(code).toBe(1)
  expect(counted(out, /was refused: No\.$/)).toBe(250)
})

it('refuses a plan that does not list every run it would kill', async () => {
  const sent: string[][] = []
  const refused = kill(3, new Error('unused'), { cut: true, sent })
  await expect(refused).rejects.toThrow(/Nothing was done: narrow the filter/)
  expect(sent).toEqual([])
})
