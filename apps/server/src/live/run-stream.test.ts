import { EventEmitter } from 'node:events'

import type { RunEvent } from '@holdpoint/db'
import type { RunId } from '@holdpoint/protocol'
import { expect, test, vi } from 'vitest'

import type { Database } from '../database/database.ts'
import { encodePosition, placeAt } from './position.ts'
import { RunStreams } from './run-stream.ts'
import type { Sink } from './viewer.ts'

class Page extends EventEmitter implements Sink {
  readonly writableLength = 0
  readonly written: Buffer[] = []

  write(bytes: Buffer): boolean {
    this.written.push(bytes)
    return true
  }

  end(): void {
    this.emit('ended')
  }

  destroy(): void {
    this.emit('ended')
  }

  get names(): string[] {
    return this.written.map((bytes) => /^event: (\w+)/.exec(bytes.toString())?.[1] ?? '')
  }
}

const run = '00000000-0000-4000-8000-000000000001' as RunId
const history = { cluster: '1.1.1', snapshot: '9:9:' }
const place = placeAt(history, 'now')

const event = (seq: number): RunEvent => ({
  workflow_id: run,
  seq,
  kind: 'run.step',
  status: 'running',
  approval_id: null,
  age_ms: 0,
  state: '{}',
  json: `{"seq":${seq}}`,
})

/** A database that answers the start of a page when the test says so. */
function slowDatabase(): { database: Database; answer: (value: unknown) => Promise<void> } {
  const waiting: ((value: unknown) => void)[] = []
  const instant = async (): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.push(resolve)
    })
  return {
    database: { instant } as unknown as Database,
    answer: async (value) => {
      await vi.waitFor(() => expect(waiting).not.toHaveLength(0), { timeout: 60_000 })
      waiting.shift()?.(value)
      await new Promise(setImmediate)
    },
  }
}

const pageAt = (seq: number) => ({ history, asOf: 'now', seq, run: '{}', events: '[]' })

test('events that came while the snapshot was read follow it, and those it holds are dropped', async () => {
  const { database, answer } = slowDatabase()
  const streams = new RunStreams(database)
  streams.load(place)
  const page = new Page()
  streams.watch(page, run, undefined)
  streams.apply([event(4)], place)
  streams.flush()
  streams.apply([event(5), event(6)], place)
  streams.flush()
  await answer(pageAt(4))
  expect(page.names).toEqual(['snapshot', 'frame'])
  expect(page.written[1]?.toString()).toContain('"events":[{"seq":5},{"seq":6}]')
})

test('a gap is never silent: what does not follow on leads to a resync and a new snapshot', async () => {
  const { database, answer } = slowDatabase()
  const streams = new RunStreams(database)
  streams.load(place)
  const page = new Page()
  streams.watch(page, run, undefined)
  await answer(pageAt(4))
  streams.apply([event(6)], place)
  streams.flush()
  await answer(pageAt(6))
  expect(page.names).toEqual(['snapshot', 'resync', 'snapshot'])
})

test('a database that was replaced while a page caught up makes it start anew', async () => {
  const { database, answer } = slowDatabase()
  const streams = new RunStreams(database)
  streams.load(place)
  const page = new Page()
  streams.watch(page, run, encodePosition(history))
  const elsewhere = { ...history, cluster: '2.2.2' }
  streams.load(placeAt(elsewhere, 'now'))
  await answer({ events: [event(5)], lastSeq: 5 })
  expect(page.names).toEqual(['resync'])
  await answer({ ...pageAt(1), history: elsewhere })
  expect(page.names).toEqual(['resync', 'snapshot'])
})

test('those who watch the same run share the same bytes', async () => {
  const { database, answer } = slowDatabase()
  const streams = new RunStreams(database)
  streams.load(place)
  const pages = [new Page(), new Page(), new Page()]
  for (const page of pages) streams.watch(page, run, undefined)
  for (const _ of pages) await answer(pageAt(4))
  streams.apply([event(5)], place)
  streams.flush()
  const [first, ...others] = pages
  expect(first?.names).toEqual(['snapshot', 'frame'])
  for (const page of others) expect(page.written[1]).toBe(first?.written[1])
})
