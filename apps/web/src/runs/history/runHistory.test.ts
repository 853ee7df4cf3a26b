import {
  eventKinds,
  type EventIndex,
  type EventLine,
  type RunSpan,
  type ActionId,
  type RunEvent,
} from '@holdpoint/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { aRun, anEvent } from '../../live/testing.ts'
import { RunHistory, type HistorySource } from './runHistory.ts'

const asOf = '2026-11-20T03:12:08.000000+00:00'
const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => anEvent('a', from + index))

class Source implements HistorySource {
  readonly asked: string[] = []
  spanRows: readonly RunSpan[] = []
  broken = false
  async index(after: number, limit: number): Promise<EventIndex> {
    this.asked.push(`index ${after}+${limit}`)
    if (this.broken) throw new Error('away')
    const letters = 'r'.repeat(limit)
    const kinds = String.fromCharCode(35).repeat(limit)
    const gaps = letters
      .split('')
      .map(() => 0)
      .join(',')
    return { first: after + 1, at: 1, gaps, kinds, names: eventKinds, standing: letters }
  }
  async lines(seqs: readonly number[]): Promise<readonly EventLine[]> {
    this.asked.push(`lines ${seqs[0]}..${seqs.at(-1)}`)
    return seqs.map((seq) => anEvent('a', seq))
  }
  async spans(seqs: readonly number[]): Promise<readonly RunSpan[]> {
    this.asked.push(`spans ${seqs.join()}`)
    return this.spanRows
  }
}

const open = (source = new Source()) => {
  const history = new RunHistory(source, 16)
  history.subscribe(() => undefined)
  return { history, source }
}
const snapshot = async (history: RunHistory, given: readonly RunEvent[]) => {
  const run = aRun('a', given.at(-1)?.seq ?? 0)
  history.apply({ kind: 'snapshot', data: { position: 'p', asOf, run, events: given } })
  await vi.advanceTimersByTimeAsync(50)
}
const frame = async (history: RunHistory, given: readonly RunEvent[]) => {
  history.apply({ kind: 'frame', data: { position: 'q', asOf, events: given } })
  await vi.advanceTimersByTimeAsync(50)
}
const action = 'ac' as ActionId
const intended = (seq: number) =>
  anEvent('a', seq, { kind: 'action.intended', detail: { actionId: action, tool: 'mail' } })
const ended = (seq: number, kind: 'action.confirmed' | 'action.unknown') =>
  anEvent('a', seq, { kind, detail: { actionId: action, tool: 'mail' } })

describe('the history of a run', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('shows the newest events at once and fills in the index of the others', async () => {
    const { history, source } = open()
    await snapshot(history, events(40_001, 40_500))
    expect(history.view().run?.seq).toBe(40_500)
    expect(history.lines.get(40_500)).toBeDefined()
    expect(history.columns.known).toBe(1)
    expect(source.asked).toEqual(['index 23617+16384', 'index 7233+16384', 'index 0+7233'])
  })

  test('grows by what is newer, once', async () => {
    const { history } = open()
    await snapshot(history, events(1, 3))
    await frame(history, events(2, 5))
    await frame(history, events(4, 5))
    expect(history.columns.count).toBe(5)
    expect(history.view().run?.seq).toBe(5)
  })

  test('reads lines for what is on screen, and not for what scrolled by', async () => {
    const { history, source } = open()
    await snapshot(history, events(901, 1000))
    source.asked.length = 0
    history.lines.want([1, 2, 3])
    history.lines.want([501, 502, 999])
    await vi.advanceTimersByTimeAsync(50)
    expect(source.asked).toEqual(['lines 501..502'])
    expect(history.lines.get(501)?.seq).toBe(501)
    expect(history.lines.get(1)).toBeUndefined()
  })

  test('holds no more lines than it may, and reads again what it let go of', async () => {
    const { history, source } = open()
    await snapshot(history, events(1, 6000))
    expect(history.lines.get(1)).toBeUndefined()
    expect(history.lines.get(6000)).toBeDefined()
    history.lines.want([1])
    await vi.advanceTimersByTimeAsync(50)
    expect(source.asked).toContain('lines 1..1')
    expect(history.lines.get(1)).toBeDefined()
  })

  test('says when the index cannot be read, and goes on when it can', async () => {
    const { history, source } = open()
    source.broken = true
    await snapshot(history, events(11, 20))
    expect(history.problem).toBeInstanceOf(Error)
    source.broken = false
    await vi.advanceTimersByTimeAsync(3100)
    expect(history.problem).toBeNull()
    expect(history.columns.known).toBe(1)
  })

  test('a database that was restored takes back what it no longer has', async () => {
    const { history } = open()
    await snapshot(history, events(1, 9))
    await snapshot(history, events(1, 4))
    expect(history.columns.count).toBe(4)
    expect(history.columns.kind(5)).toBeNull()
    expect(history.lines.get(9)).toBeUndefined()
  })

  test('a run that went on differently after a restore is read anew, also when it is as long', async () => {
    const { history } = open()
    await snapshot(history, events(1, 9))
    const other = { at: '2026-11-20T04:00:00.000000+00:00', kind: 'run.step' } as const
    await snapshot(history, [...events(1, 7), anEvent('a', 8, other), anEvent('a', 9, other)])
    expect(history.columns.kind(8)).toBe('run.step')
    expect(history.columns.count).toBe(9)
  })

  test('an index that was asked for before a restore says nothing of what came after', async () => {
    const { history, source } = open()
    const { promise, resolve } = Promise.withResolvers<EventIndex>()
    const late = source.index(0, 400)
    source.index = async () => promise
    await snapshot(history, events(401, 410))
    await snapshot(history, events(1, 4))
    resolve(await late)
    await vi.advanceTimersByTimeAsync(50)
    expect(history.columns.count).toBe(4)
    expect(history.columns.kind(5)).toBeNull()
  })

  test('a row that is not there is not asked for at every drawing', async () => {
    const { history, source } = open()
    await snapshot(history, events(901, 1000))
    history.spans.want([3])
    await vi.advanceTimersByTimeAsync(50)
    history.spans.want([3])
    await vi.advanceTimersByTimeAsync(50)
    expect(source.asked.filter((each) => each.startsWith('spans'))).toEqual(['spans 3'])
  })

  test('what the stream tells begins spans and ends them', async () => {
    const { history, source } = open()
    await snapshot(history, [intended(1)])
    expect(history.spans.get(1)).toMatchObject({ state: 'intended', endedAt: null })
    await frame(history, [ended(2, 'action.confirmed')])
    expect(history.spans.get(1)).toMatchObject({ state: 'confirmed' })
    expect(source.asked.filter((each) => each.startsWith('spans'))).toEqual([])
  })

  test('an end that came before a late answer is not lost', async () => {
    const { history, source } = open()
    await snapshot(history, [anEvent('a', 5)])
    const base = { kind: 'action', seq: 2, name: 'mail', target: null, actionId: action } as const
    source.spanRows = [{ ...base, attempt: 1, state: 'intended', endedAt: null }]
    history.spans.want([2])
    await frame(history, [ended(6, 'action.confirmed')])
    expect(history.spans.get(2)).toMatchObject({ state: 'confirmed' })
  })

  test('an unknown outcome that a person settles is no longer unknown', async () => {
    const { history } = open()
    await snapshot(history, [intended(1), ended(2, 'action.unknown')])
    expect(history.spans.get(1)).toMatchObject({ state: 'unknown' })
    const settled = { kind: 'action.settled', detail: { actionId: action, landed: true } } as const
    await frame(history, [anEvent('a', 3, settled)])
    expect(history.spans.get(1)).toMatchObject({ state: 'confirmed' })
  })

  test('what was in flight when a run ended is read anew', async () => {
    const { history, source } = open()
    await snapshot(history, [intended(1)])
    const killed = anEvent('a', 2, {
      kind: 'run.killed',
      state: aRun('a', 2, { status: 'killed' }),
    })
    await frame(history, [killed])
    history.spans.want([1])
    await vi.advanceTimersByTimeAsync(50)
    expect(source.asked).toContain('spans 1')
  })
})
