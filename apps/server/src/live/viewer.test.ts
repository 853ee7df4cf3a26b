import { EventEmitter } from 'node:events'

import { expect, test } from 'vitest'

import { mostWaiting, type Sink, Viewer } from './viewer.ts'

/** A connection that reads nothing until it is told to. */
class SlowSink extends EventEmitter implements Sink {
  written: Buffer[] = []
  writableLength = 0

  write(bytes: Buffer): boolean {
    this.written.push(bytes)
    this.writableLength += bytes.length
    return false
  }

  readAll(): void {
    this.writableLength = 0
    this.emit('drain')
  }

  end(): void {
    this.emit('ended')
  }

  destroy(): void {
    this.emit('ended')
  }

  text(): string {
    return Buffer.concat(this.written).toString()
  }
}

const kilobytes = (n: number): Buffer => Buffer.alloc(n * 1024, '.')

function open(sink: SlowSink, snapshot: Buffer): Viewer {
  const viewer = new Viewer(sink, (attempt) => viewer.begin(attempt, [snapshot]))
  viewer.begin(0, [snapshot])
  return viewer
}

test('a slow viewer is dropped to resync, and holds a bounded number of bytes', () => {
  const sink = new SlowSink()
  const viewer = open(sink, Buffer.from('snapshot'))
  const frame = kilobytes(64)
  for (let n = 0; n < 1000; n++) viewer.send(frame)
  expect(sink.writableLength).toBeLessThanOrEqual(mostWaiting + 2 * frame.length)
  expect(viewer.state).toBe('behind')
  expect(sink.text()).not.toContain('event: resync')
  sink.written = []
  sink.readAll()
  expect(sink.text()).toBe('event: resync\ndata: {}\n\nsnapshot')
  expect(viewer.send(frame)).toBe(true)
})

test('a snapshot larger than the bound does not make its reader slow', () => {
  const sink = new SlowSink()
  const viewer = open(sink, kilobytes(5000))
  expect(viewer.send(kilobytes(1))).toBe(true)
  for (let n = 0; n < 100; n++) viewer.send(kilobytes(64))
  expect(viewer.state).toBe('behind')
})

test('what comes while the start is made follows the start', () => {
  const sink = new SlowSink()
  const viewer = new Viewer(sink, () => undefined)
  viewer.send(Buffer.from('2'))
  viewer.send(Buffer.from('3'))
  viewer.begin(0, [Buffer.from('1')])
  viewer.send(Buffer.from('4'))
  expect(sink.text()).toBe('1234')
})

test('a start that was overtaken by a resync is dropped', () => {
  const sink = new SlowSink()
  const viewer = new Viewer(sink, () => undefined)
  viewer.resync()
  viewer.begin(0, [Buffer.from('old')])
  viewer.begin(1, [Buffer.from('new')])
  expect(sink.text()).toBe('event: resync\ndata: {}\n\nnew')
})
