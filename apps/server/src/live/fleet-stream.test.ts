import { EventEmitter } from 'node:events'

import type { RunEvent } from '@holdpoint/db'
import { expect, test } from 'vitest'

import type { Database } from '../database/database.ts'
import { FleetStream } from './fleet-stream.ts'
import { placeAt } from './position.ts'
import type { Sink } from './viewer.ts'

class Kept extends EventEmitter implements Sink {
  readonly written: Buffer[] = []
  readonly writableLength = 0

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
}

const history = { cluster: '1.1.1', snapshot: '1:1:' }
const place = placeAt(history, 'now')

const event: RunEvent = {
  workflow_id: 'a',
  seq: 1,
  kind: 'run.started',
  status: 'running',
  approval_id: null,
  age_ms: 0,
  state: '{"id":"a","seq":1}',
  json: '{}',
}

test('many viewers share the same bytes', () => {
  const stream = new FleetStream({} as Database)
  stream.load({ history, asOf: 'now', counts: {}, runs: [] }, place)
  const sinks = Array.from({ length: 50 }, () => new Kept())
  for (const sink of sinks) stream.watch(sink, undefined)
  stream.apply([event], place)
  stream.flush()
  const [first, ...others] = sinks
  expect(first?.written).toHaveLength(2)
  for (const { written } of others) {
    // The very same buffers, snapshot and frame: not equal ones.
    expect(written[0]).toBe(first?.written[0])
    expect(written[1]).toBe(first?.written[1])
  }
})
