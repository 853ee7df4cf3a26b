import type { EventKind } from '@holdpoint/protocol'
import { describe, expect, it } from 'vitest'

import { spansOf, type BegunRow, type NextRow } from './span-fold.ts'

const at = (seq: number) => `2026-11-20T03:12:${String(seq).padStart(2, '0')}+00:00`

const action = (seq: number, attempt = 1): BegunRow => ({
  seq,
  kind: 'action.intended',
  name: 'pay',
  occurrence: null,
  attempt,
  actionId: 'a-1',
  tool: 'bank.transfer',
  target: 'DE12',
})

const step = (seq: number, attempt = 1): BegunRow => ({
  ...action(seq, attempt),
  kind: 'run.step',
  occurrence: 1,
  actionId: null,
})

const next = (seq: number, kind: EventKind, more: Partial<NextRow> = {}): NextRow => ({
  seq,
  kind,
  at: at(seq),
  step: null,
  occurrence: null,
  actionId: null,
  landed: null,
  ...more,
})

const own = { actionId: 'a-1' }
const stateOf = (...later: readonly NextRow[]) => {
  const [span] = spansOf([action(1)], later)
  return span?.kind === 'action' ? [span.state, span.endedAt] : null
}

describe('what had become of an action by then', () => {
  it('is in flight as long as nothing says otherwise', () => {
    expect(stateOf()).toEqual(['intended', null])
    expect(stateOf(next(2, 'action.accepted', own))).toEqual(['accepted', null])
    expect(stateOf(next(2, 'action.confirmed', { actionId: 'another' }))).toEqual([
      'intended',
      null,
    ])
  })

  it('is what its last event says, and ended then', () => {
    const accepted = next(2, 'action.accepted', own)
    expect(stateOf(accepted, next(3, 'action.confirmed', own))).toEqual(['confirmed', at(3)])
    expect(stateOf(accepted, next(3, 'action.failed', own))).toEqual(['failed', at(3)])
  })

  it('is unknown once its worker or its run is gone; what had ended stays', () => {
    expect(stateOf(next(2, 'run.lost'))).toEqual(['unknown', at(2)])
    expect(stateOf(next(2, 'action.confirmed', own), next(3, 'run.killed'))).toEqual([
      'confirmed',
      at(2),
    ])
  })

  it('is what a person said of it, from then on', () => {
    const lost = next(2, 'run.lost')
    const landed = next(3, 'action.settled', { ...own, landed: true })
    expect(stateOf(lost, landed)).toEqual(['confirmed', at(2)])
    expect(stateOf(lost, { ...landed, landed: false })).toEqual(['failed', at(2)])
  })

  it('is told of each attempt for itself', () => {
    const states = spansOf(
      [action(1), action(3, 2)],
      [
        next(2, 'action.failed', own),
        next(3, 'action.intended', own),
        next(4, 'action.confirmed', own),
      ],
    ).map((span) => (span.kind === 'action' ? [span.attempt, span.state] : null))
    expect(states).toEqual([
      [1, 'failed'],
      [2, 'confirmed'],
    ])
  })
})

const keptOf = (...later: readonly NextRow[]) => {
  const [span] = spansOf([step(1)], later)
  return span?.kind === 'step' ? span.kept : null
}

describe('what had become of a step by then', () => {
  const ofStep = { step: 'pay', occurrence: 1 }

  it('runs, is done, or has failed', () => {
    expect(keptOf()).toMatchObject({ state: 'running', endedAt: null })
    expect(keptOf(next(2, 'step.completed', { ...ofStep, occurrence: 2 }))).toMatchObject({
      state: 'running',
    })
    expect(keptOf(next(2, 'step.completed', ofStep))).toMatchObject({
      state: 'done',
      endedAt: at(2),
    })
    expect(keptOf(next(2, 'step.failed', ofStep))).toMatchObject({ state: 'failed' })
  })

  it('was left when its next attempt began', () => {
    expect(keptOf(next(5, 'run.step', ofStep), next(6, 'step.completed', ofStep))).toMatchObject({
      state: 'running',
      endedAt: at(5),
    })
  })

  it('of plain SQL keeps nothing', () => {
    expect(spansOf([{ ...step(1), occurrence: null }], [])).toEqual([
      { kind: 'step', seq: 1, name: 'pay', kept: null },
    ])
  })
})
