import type { FleetSnapshot } from '@holdpoint/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Hub } from './hub.ts'
import { aRun } from './testing.ts'
import type { FromHub, HubPort } from './topic.ts'

/** The cookie of the browser: whose session it stands for, `none`, or a server that cannot say (`server away`). */
let cookie = 'anna'
let asked = 0
let streams: FakeStream[] = []

class FakeStream extends EventTarget {
  static readonly OPEN = 1
  static readonly CLOSED = 2
  readyState = 1
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    streams.push(this)
  }
  close(): void {
    this.readyState = 2
  }
  tell(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: '1' }))
  }
  refuse(): void {
    this.readyState = 2
    this.dispatchEvent(new Event('error'))
  }
}

class Port implements HubPort {
  readonly heard: FromHub[] = []
  post = (message: FromHub): void => void this.heard.push(message)
  get kinds(): string[] {
    return this.heard.map((message) =>
      message.kind === 'connection' ? message.connection.phase : message.kind,
    )
  }
}

const snapshot: FleetSnapshot = {
  position: '1',
  asOf: '2026-11-20T03:12:07.000000+00:00',
  runs: [aRun('00000000-0000-4000-8000-000000000001', 1)],
  counts: {} as FleetSnapshot['counts'],
  approvalsWaiting: 0,
  truncated: false,
}

beforeEach(() => {
  vi.useFakeTimers()
  cookie = 'anna'
  asked = 0
  streams = []
  vi.stubGlobal('EventSource', FakeStream)
  vi.stubGlobal('fetch', () => {
    asked += 1
    if (cookie === 'server away') return Promise.reject(new TypeError('Failed to fetch'))
    const answer = cookie === 'none' ? [401, {}] : [200, { session: cookie }]
    return Promise.resolve(Response.json(answer[1], { status: answer[0] as number }))
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const settle = () => vi.advanceTimersByTimeAsync(50)

/** A hub with one tab that is shown the fleet. */
async function shown(): Promise<{ hub: Hub; first: Port }> {
  const hub = new Hub()
  const first = new Port()
  hub.receive(first, { kind: 'watch', topic: 'fleet' })
  await settle()
  streams[0]?.tell('snapshot', snapshot)
  expect(first.kinds).toEqual(['connecting', 'snapshot'])
  return { hub, first }
}

async function join(hub: Hub): Promise<Port> {
  const port = new Port()
  hub.receive(port, { kind: 'watch', topic: 'fleet' })
  await settle()
  return port
}

test('a tab that joins is handed what is held, once its session is proved', async () => {
  const { hub } = await shown()
  const asks = asked
  expect((await join(hub)).kinds).toEqual(['snapshot', 'connecting'])
  expect(asked).toBe(asks + 1)
  expect(streams).toHaveLength(1)
})

test('a tab without a session is handed nothing, and the others are told and shown nothing more', async () => {
  const { hub, first } = await shown()
  cookie = 'none'
  const joined = await join(hub)
  expect(joined.kinds).toEqual(['signed-out'])
  expect(first.kinds.at(-1)).toBe('signed-out')
  expect(streams[0]?.readyState).toBe(2)
  streams[0]?.tell('frame', snapshot)
  expect([joined.kinds.length, first.kinds.at(-1)]).toEqual([1, 'signed-out'])
})

test('while the server cannot say, a tab is handed nothing; afterwards it is', async () => {
  const { hub } = await shown()
  cookie = 'server away'
  const joined = await join(hub)
  expect(joined.kinds).toEqual([])
  streams[0]?.tell('snapshot', snapshot)
  expect(joined.kinds).toEqual([])
  cookie = 'anna'
  await vi.advanceTimersByTimeAsync(1_500)
  expect(joined.kinds[0]).toBe('snapshot')
})

test('another session: the tabs of the one before are told once, and hear nothing more', async () => {
  const { hub, first } = await shown()
  cookie = 'bert'
  const joined = await join(hub)
  expect(first.kinds.at(-1)).toBe('another')
  expect(joined.kinds).toEqual(['connecting'])
  expect(streams[0]?.readyState).toBe(2)
  streams[1]?.tell('snapshot', snapshot)
  expect(joined.kinds).toEqual(['connecting', 'snapshot'])
  expect(first.kinds.filter((kind) => kind === 'another')).toHaveLength(1)
  expect(first.kinds.at(-1)).toBe('another')
  // It does not ask to be continued where another stopped.
  expect(streams[1]?.url).toBe('/api/stream/fleet')
})

test('one stream that is refused for want of a session ends all', async () => {
  const { hub, first } = await shown()
  hub.receive(first, { kind: 'watch', topic: 'runs/1' })
  await settle()
  cookie = 'none'
  streams[1]?.refuse()
  await settle()
  const ended = first.heard.filter(
    (message) => message.kind === 'connection' && message.connection.phase === 'signed-out',
  )
  expect(new Set(ended.map((message) => message.kind === 'connection' && message.topic))).toEqual(
    new Set(['fleet', 'runs/1']),
  )
})

test('asked to check, it finds the session over; signed in again, all go on', async () => {
  const { hub, first } = await shown()
  cookie = 'none'
  hub.receive(first, { kind: 'check' })
  await settle()
  expect(first.kinds.at(-1)).toBe('signed-out')
  cookie = 'bert'
  hub.receive(first, { kind: 'check' })
  await settle()
  streams.at(-1)?.tell('snapshot', snapshot)
  expect(first.kinds.at(-1)).toBe('snapshot')
  expect(first.kinds).not.toContain('another')
})

test('a tab that left while it was asked for is handed nothing', async () => {
  const { hub } = await shown()
  const gone = new Port()
  hub.receive(gone, { kind: 'watch', topic: 'fleet' })
  hub.receive(gone, { kind: 'bye' })
  await settle()
  expect(gone.kinds).toEqual([])
})
