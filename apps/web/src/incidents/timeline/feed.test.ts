import { beforeEach, expect, test } from 'vitest'

import { Feed, type Ask } from './feed.ts'
import type { Picture } from './picture.ts'

const ask = (key: string, freshMs: number | null = null): Ask => ({
  key,
  from: 0,
  to: 100,
  width: 10,
  agents: null,
  freshMs,
})
const picture = (asOf = 0): Picture => ({
  from: 0,
  to: 100,
  everyMs: 1,
  bucketsFrom: 0,
  asOf,
  lanes: new Map(),
  moreLanes: 0,
})

interface Asked {
  readonly key: string
  readonly signal: AbortSignal
  readonly answer: (picture: Picture) => void
  readonly fail: (error: Error) => void
}

let asked: Asked[] = []
let timers: { act: () => void; ms: number }[] = []
let now = 0
let changes = 0

function feed(): Feed {
  return new Feed({
    read: async ({ key }, signal) =>
      new Promise((answer, fail) => asked.push({ key, signal, answer, fail })),
    changed: () => {
      changes += 1
    },
    now: () => now,
    later: (act, ms) => {
      const timer = { act, ms }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
  })
}

function elapse(): void {
  const due = timers
  timers = []
  for (const { act } of due) act()
}
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}

beforeEach(() => {
  asked = []
  timers = []
  now = 0
  changes = 0
})

test('while someone moves on nothing is asked; where they stop, one question is', async () => {
  const it = feed()
  for (const key of ['a', 'b', 'c', 'd']) it.want([ask(key)])
  expect(asked).toEqual([])
  elapse()
  it.want([ask('d')])
  expect(asked.map(({ key }) => key)).toEqual(['d'])
  asked[0]?.answer(picture())
  await settled()
  expect(changes).toBe(1)
  expect(it.get('d')).toBeDefined()
  it.want([ask('d')])
  elapse()
  expect(asked).toHaveLength(1)
})

test('a question that nobody needs any longer is given up, and its answer is not taken', async () => {
  const it = feed()
  it.want([ask('a')])
  elapse()
  it.want([ask('b')])
  expect(asked[0]?.signal.aborted).toBe(true)
  elapse()
  asked[0]?.answer(picture())
  asked[1]?.answer(picture())
  await settled()
  expect(it.get('a')).toBeUndefined()
  expect(it.get('b')).toBeDefined()
})

test('what is kept is bounded, and what is looked at is never thrown away', async () => {
  const it = feed()
  for (let nth = 0; nth < 60; nth += 1) {
    it.want([ask('window'), ask(String(nth))])
    while (timers.length > 0) {
      elapse()
      asked.at(-1)?.answer(picture())
      await settled()
    }
  }
  expect([...it.kept].length).toBeLessThanOrEqual(24)
  expect(it.get('window')).toBeDefined()
  expect(it.get('59')).toBeDefined()
  expect(asked.filter(({ key }) => key === 'window')).toHaveLength(1)
})

test('what reaches to now is asked for again as the clock goes on, and not while it stands still', async () => {
  const it = feed()
  const live = ask('live', 3000)
  it.want([live])
  elapse()
  asked[0]?.answer(picture(0))
  await settled()
  it.want([live])
  expect(timers).toHaveLength(0)
  now = 3000
  it.want([live])
  elapse()
  expect(asked).toHaveLength(2)
  asked[1]?.answer(picture(3000))
  await settled()
  // It has come to its end: it is read once more, and then never again.
  now = 3500
  it.want([ask('live')])
  elapse()
  expect(asked).toHaveLength(3)
  // The feed keeps what was asked last, with what was known of it then.
  asked[2]?.answer(picture(3500))
  await settled()
  now = 90_000
  it.want([ask('live')])
  expect(timers).toHaveLength(0)
})

test('a failure is told, the last picture stays, and it is asked again, each time later', async () => {
  const it = feed()
  it.want([ask('live', 10)])
  elapse()
  asked[0]?.answer(picture(0))
  await settled()
  now = 10
  it.want([ask('live', 10)])
  elapse()
  asked[1]?.fail(new Error('no'))
  await settled()
  expect(it.failed).toBeInstanceOf(Error)
  expect(it.get('live')).toBeDefined()
  const first = timers[0]?.ms ?? 0
  elapse()
  asked[2]?.fail(new Error('no'))
  await settled()
  expect(timers[0]?.ms).toBeGreaterThan(first)
  elapse()
  asked[3]?.answer(picture(10))
  await settled()
  expect(it.failed).toBeNull()
})
