import { describe, expect, it } from 'vitest'

import { Newest, type Asked } from './newest.ts'

const settle = async () => new Promise((resolve) => setTimeout(resolve))

/** Answers come when the test lets them. */
function asking() {
  const flights: {
    key: number
    signal: AbortSignal
    answer: (text: string) => void
    fail: (error: Error) => void
  }[] = []
  let asked: Asked<number, string> | null = null
  const history: Asked<number, string>[] = []
  const newest = new Newest<number, string>({
    ask: async (key, signal) =>
      new Promise((answer, fail) => {
        flights.push({ key, signal, answer, fail })
      }),
    same: (a, b) => a === b,
    againMs: () => null,
    told: (next) => {
      asked = next
      history.push(next)
    },
  })
  return { newest, flights, history, asked: () => asked }
}

describe('asking for the newest', () => {
  it('what was passed over on the way is never asked for', async () => {
    const { newest, flights, asked } = asking()
    newest.want(1, false)
    for (const key of [2, 3, 4, 5]) newest.want(key, false)
    expect(flights.map(({ key }) => key)).toEqual([1])
    flights[0]?.answer('one')
    await settle()
    expect(asked()?.shown).toEqual({ key: 1, answer: 'one' })
    expect(asked()?.asking).toBe(true)
    expect(flights.map(({ key }) => key)).toEqual([1, 5])
    flights[1]?.answer('five')
    await settle()
    expect(asked()).toMatchObject({ shown: { key: 5, answer: 'five' }, asking: false })
  })

  it('where the hand rests is asked for at once; an answer for the way comes too late', async () => {
    const { newest, flights, asked, history } = asking()
    newest.want(1, false)
    newest.want(2, true)
    expect(flights[0]?.signal.aborted).toBe(true)
    expect(flights.map(({ key }) => key)).toEqual([1, 2])
    flights[1]?.answer('two')
    await settle()
    flights[0]?.answer('one')
    await settle()
    expect(asked()?.shown).toEqual({ key: 2, answer: 'two' })
    expect(history.some(({ shown }) => shown?.key === 1)).toBe(false)
  })

  it('a failure leaves what is shown, and is tried again when asked', async () => {
    const { newest, flights, asked } = asking()
    newest.want(1, true)
    flights[0]?.answer('one')
    await settle()
    newest.want(2, true)
    flights[1]?.fail(new Error('gone'))
    await settle()
    expect(asked()).toMatchObject({ wanted: 2, shown: { key: 1 }, asking: false })
    expect(asked()?.problem).toBeInstanceOf(Error)
    newest.retry()
    flights[2]?.answer('two')
    await settle()
    expect(asked()).toMatchObject({ shown: { key: 2 }, problem: null })
  })

  it('back to what is shown needs no question, and gives up the one on its way', async () => {
    const { newest, flights, asked } = asking()
    newest.want(1, true)
    flights[0]?.answer('one')
    await settle()
    newest.want(2, false)
    newest.want(1, false)
    expect(flights[1]?.signal.aborted).toBe(true)
    expect(asked()).toMatchObject({ wanted: 1, shown: { key: 1 }, asking: false })
  })
})
