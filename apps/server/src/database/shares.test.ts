import { setImmediate as breathe } from 'node:timers/promises'

import { expect, test } from 'vitest'

import type { Database } from './database.ts'
import { sharesOf } from './shares.ts'

/** A database that answers when it is told to. */
function slowDatabase() {
  const open: (() => void)[] = []
  const read = async () => {
    await new Promise<void>((resolve) => open.push(resolve))
    return []
  }
  return { open, shareOf: sharesOf({ read } as unknown as Database) }
}

test('someone is answered three questions at a time, and another one meanwhile', async () => {
  const { open, shareOf } = slowDatabase()
  const asked = Array.from({ length: 10 }, async () => shareOf('a').read('select'))
  await breathe()
  expect(open).toHaveLength(3)
  const other = shareOf('b').read('select')
  await breathe()
  expect(open).toHaveLength(4)
  open.pop()?.()
  await other
  while (open.length > 0) {
    open.shift()?.()
    // The next in turn asks now.
    await breathe()
    expect(open.length).toBeLessThanOrEqual(3)
  }
  await Promise.all(asked)
})

test('questions that nobody could wait for are refused, and after them all is as before', async () => {
  const { open, shareOf } = slowDatabase()
  const refused: unknown[] = []
  const asked = Array.from({ length: 600 }, async () =>
    shareOf('a')
      .read('select')
      .catch((error: unknown) => refused.push(error)),
  )
  await breathe()
  expect(refused).toHaveLength(97)
  expect(refused[0]).toMatchObject({ body: { code: 'UNAVAILABLE' } })
  while (open.length > 0) {
    open.shift()?.()
    await breathe()
  }
  await Promise.all(asked)
  const again = shareOf('a').read('select')
  await breathe()
  open.shift()?.()
  expect(await again).toEqual([])
})
