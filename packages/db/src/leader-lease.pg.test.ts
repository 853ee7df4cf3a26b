import { expect, test } from 'vitest'

import { postgresEngine as engine } from './postgres-engine.ts'
import { createTestDatabase } from './testing/index.ts'

const db = await createTestDatabase()

const take = (name: string, holder: string, seconds: number) =>
  engine.takeLease(db.server, name, holder, seconds)

test('a lease is held by one, who may prolong it', async () => {
  expect(await take('supervisor', 'one', 60)).toEqual({ term: 1 })
  expect(await take('supervisor', 'two', 60)).toBeUndefined()
  expect(await take('supervisor', 'one', 60)).toEqual({ term: 1 })
  expect(await take('sequencer', 'two', 60)).toEqual({ term: 1 })
})

test('a lease passes on when it has run out, with another term', async () => {
  expect(await take('short', 'one', 0)).toEqual({ term: 1 })
  expect(await take('short', 'two', 60)).toEqual({ term: 2 })
  expect(await take('short', 'one', 60)).toBeUndefined()
})

test('a lease passes on at once when it is given back', async () => {
  expect(await take('given', 'one', 60)).toEqual({ term: 1 })
  await engine.dropLease(db.server, 'given', 'not me')
  expect(await take('given', 'two', 60)).toBeUndefined()
  await engine.dropLease(db.server, 'given', 'one')
  expect(await take('given', 'two', 60)).toEqual({ term: 2 })
})

test('a lease is got by one of many who ask at once', async () => {
  const got = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => take('contended', `holder ${n}`, 60)),
  )
  expect(got.filter((lease) => lease !== undefined)).toEqual([{ term: 1 }])
})
