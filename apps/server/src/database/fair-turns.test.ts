import { setImmediate as breathe } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { FairTurns } from './fair-turns.ts'

/** Work that ends when it is told to, by whose it is, in the order in which it began. */
function slowWork(bounds = { all: 8, each: 3, kept: 2 }) {
  const turns = new FairTurns(bounds)
  const began: { who: string; end: () => void }[] = []
  return {
    running: () => began.map(({ who }) => who).join(''),
    ask: async (who: string, times = 1): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        void turns.take(who, async () => {
          const { promise, resolve } = Promise.withResolvers<void>()
          const work = { who, end: resolve }
          began.push(work)
          await promise
          began.splice(began.indexOf(work), 1)
        })
      }
      await breathe()
    },
    end: async (who: string): Promise<void> => {
      began.find((work) => work.who === who)?.end()
      await breathe()
    },
    openOf: (who: string) => turns.openOf(who),
  }
}

test('two who ask without end leave a turn for each further one', async () => {
  const { ask, running } = slowWork()
  await ask('a', 100)
  await ask('b', 100)
  expect(running()).toBe('aaabbb')
  await ask('c', 100)
  await ask('d', 100)
  expect(running()).toBe('aaabbbcd')
})

test('whoever has none running is next, before all who asked earlier and have some', async () => {
  const { ask, end, running } = slowWork()
  for (const who of 'abcd') await ask(who, 100)
  await ask('e')
  expect(running()).toBe('aaabbbcd')
  await end('b')
  expect(running()).toBe('aaabbcde')
})

test('of many who have one running each is served in turn', async () => {
  const { ask, end, running } = slowWork({ all: 1, each: 1, kept: 0 })
  await ask('z')
  for (const who of 'abc') await ask(who, 2)
  const served: string[] = []
  while (running() !== '') {
    served.push(running())
    await end(running())
  }
  expect(served.join('')).toBe('zabcabc')
})

test('work that fails gives its turn back, and nothing of its owner is kept', async () => {
  const turns = new FairTurns({ all: 1, each: 1, kept: 0 })
  const failing = turns.take('a', async () => Promise.reject(new Error('lost')))
  const after = turns.take('b', async () => Promise.resolve('answer'))
  await expect(failing).rejects.toThrow('lost')
  expect(await after).toBe('answer')
  expect([turns.openOf('a'), turns.openOf('b')]).toEqual([0, 0])
})
