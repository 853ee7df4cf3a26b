import { expect, test } from 'vitest'

import type { Claim } from './claim.ts'
import { DatabaseAwayError, HoldpointError } from './errors.ts'
import { type ServeOptions, Serving, type Skill } from './serve.ts'

const claimOf = (id: string): Claim => ({
  run: { id, agentId: 'a', epoch: 1, skill: 'work' },
  memory: null,
  steps: [],
})

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** A queue in memory, and a worker that is told of it. */
function served(options: Partial<ServeOptions> = {}) {
  const queue: (string | Error)[] = []
  const seen = {
    looks: 0,
    begun: [] as string[],
    givenBack: [] as string[],
    why: '',
    told: [] as string[],
  }
  const closing = new AbortController()
  const finish = new Map<string, () => void>()
  const skills = new Map<string, Skill<object>>([['work', { work: () => undefined }]])
  let slowLook: Promise<void> | undefined
  const serving = new Serving(
    skills,
    { agent: 'a', pollMs: 3_600_000, ...options },
    {
      signal: closing.signal,
      claim: async () => {
        seen.looks += 1
        await slowLook
        const next = queue.shift()
        if (next instanceof Error) throw next
        return next === undefined ? undefined : claimOf(next)
      },
      carry: async ({ run }) => {
        seen.begun.push(run.id)
        await new Promise<void>((resolve) => finish.set(run.id, resolve))
      },
      giveBack: async ({ run }, why) => {
        seen.givenBack.push(run.id)
        seen.why = why
      },
      log: (message) => seen.told.push(message),
    },
  )
  return {
    queue,
    seen,
    serving,
    finish: (id: string) => finish.get(id)?.(),
    close: () => closing.abort(),
    lookSlowly: (until: Promise<void>): void => {
      slowLook = until
    },
    over: serving.run(),
  }
}

test('no more runs are begun than there are places, and a place that gets free is used at once', async () => {
  const { queue, seen, finish, close, over, serving } = served({ atATime: 2 })
  queue.push('a', 'b', 'c')
  serving.wake()
  await until(() => seen.begun.length === 2)
  const { looks } = seen
  finish('a')
  await until(() => seen.begun.length === 3)
  expect(seen.begun).toEqual(['a', 'b', 'c'])
  expect(seen.looks).toBeGreaterThan(looks)
  close()
  finish('b')
  finish('c')
  await over
})

test('an idle worker that is told of work looks at once, also when it is told while it looks', async () => {
  const { queue, seen, close, finish, over, serving, lookSlowly } = served()
  // By now the next look by itself is some seconds away.
  await until(() => seen.looks >= 6)
  const look = Promise.withResolvers<void>()
  lookSlowly(look.promise)
  serving.wake()
  await until(() => seen.looks === 7)
  serving.wake()
  look.resolve()
  await until(() => seen.looks === 8)
  queue.push('a')
  for (let n = 0; n < 1000; n += 1) serving.wakeSoon()
  await until(() => seen.begun.length === 1)
  // A thousand controls at a time are one reason to look.
  expect(seen.looks).toBe(9)
  close()
  finish('a')
  await over
})

test('a run that is taken just when the worker is told to stop is given back', async () => {
  const stop = new AbortController()
  const { queue, seen, over, lookSlowly, serving } = served({ signal: stop.signal })
  const look = Promise.withResolvers<void>()
  await until(() => seen.looks >= 1)
  lookSlowly(look.promise)
  const { looks } = seen
  serving.wake()
  await until(() => seen.looks > looks)
  queue.push('late')
  stop.abort()
  look.resolve()
  await over
  expect(seen).toMatchObject({
    begun: [],
    givenBack: ['late'],
    why: 'its worker was told to take no more',
  })
})

test('what the agent’s own listener throws ends the serving, and no run that is under way', async () => {
  const { queue, seen, over, finish, serving } = served({
    atATime: 3,
    ended: ({ id }) => {
      if (id === 'a') throw new Error('the log is full')
    },
  })
  queue.push('a', 'b')
  serving.wake()
  await until(() => seen.begun.length === 2)
  let told = false
  const refused = expect(over.finally(() => (told = true))).rejects.toThrow('the log is full')
  finish('a')
  queue.push('c')
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(told).toBe(false)
  finish('b')
  await refused
  expect(seen.begun).toEqual(['a', 'b'])
})

test('a database that is away for too long is waited for; a refusal ends the serving once its runs are over', async () => {
  const { queue, seen, over, finish, serving } = served({ atATime: 2 })
  queue.push(new DatabaseAwayError('away'), 'a', new HoldpointError('NOT_YOURS', 'not yours'))
  serving.wake()
  await until(() => seen.begun.length === 1)
  const refused = expect(over).rejects.toThrow('not yours')
  finish('a')
  await refused
  expect(seen.begun).toEqual(['a'])
})

test('any other trouble of the queue is said once and waited out: the worker goes on', async () => {
  const { queue, seen, over, finish, close, serving } = served()
  const trouble = Object.assign(new Error('deadlock detected'), { code: '40P01' })
  queue.push(trouble, trouble, trouble, 'a')
  const nudge = setInterval(() => serving.wake(), 1)
  await until(() => seen.begun.length === 1)
  clearInterval(nudge)
  finish('a')
  close()
  await over
  expect(seen.told).toEqual([
    'The queue of agent "a" could not be read (deadlock detected); trying again.',
  ])
})

test('a login that is locked at the first look ends the serving', async () => {
  const { queue, over, serving } = served()
  queue.push(Object.assign(new Error('role "a" is not permitted to log in'), { code: '28000' }))
  serving.wake()
  await expect(over).rejects.toThrow('not permitted to log in')
})
