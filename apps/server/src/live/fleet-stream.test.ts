import { EventEmitter } from 'node:events'

import type { RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import type { Database } from '../database/database.ts'
import { FleetStream } from './fleet-stream.ts'
import type { TailEvent } from './history.ts'
import { parseSnapshot } from './snapshot.ts'
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

const place = { cluster: '1/1/1', position: 'here', asOf: 'now' }
const snapshot = parseSnapshot('1:1:')
if (snapshot === undefined) throw new Error('not a snapshot')

const event: TailEvent = {
  runId: 'a' as RunId,
  seq: 1,
  kind: 'run.started',
  status: 'running',
  approvalId: null,
  state: '{"id":"a","seq":1}',
  text: '{}',
  ageMs: 0,
}

test('many viewers share the same bytes', () => {
  const stream = new FleetStream({} as Database)
  stream.load({ snapshot, asOf: 'now', counts: {}, runs: [] }, place)
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
