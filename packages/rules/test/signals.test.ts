import { expect, test } from 'vitest'

import {
  afterResume,
  defaultSettings,
  next,
  type Observation,
  parseSettings,
  readState,
  type SignalName,
  startState,
} from '../src/index.ts'
import { did, replay, times } from './runs.ts'

const last = (run: readonly Observation[], settings = defaultSettings) => {
  const verdict = replay(run, settings).verdicts.at(-1)
  if (verdict === undefined) throw new Error('no observation')
  return verdict
}
const signal = (name: SignalName, run: readonly Observation[], settings = defaultSettings) =>
  last(run, settings).signals.find((each) => each.name === name)

test('the same call with the same outcome is a loop at its fifth time, with the five as evidence', () => {
  expect(last(times(4, () => ({}))).found).toBeNull()
  const { found, signals } = last(times(5, () => ({})))
  expect(found).toBe('LOOP_DETECTED')
  expect(signals[0]).toEqual({
    name: 'repeats',
    value: 1,
    evidence: ['action-0', 'action-1', 'action-2', 'action-3', 'action-4'],
    why: 'search was asked the same and ended the same 5 times.',
  })
})

test('the same call with other outcomes is none', () => {
  expect(last(times(40, (nth) => ({ result: 'x'.repeat(nth) }))).score).toBe(0)
})

test('other tickets are other questions, also with the same answer', () => {
  const tickets = times(40, (nth) => ({ arguments: { ticket_id: `T${nth}` }, result: 'sent' }))
  expect(signal('repeats', tickets)?.value).toBe(0)
  expect(last(tickets).found).toBeNull()
})

test('a worker that asks for the next ticket again and again is in no loop', () => {
  const run = times(48, (nth) =>
    nth % 2 === 1
      ? { tool: 'next_ticket', arguments: {}, result: { ticket_id: nth } }
      : { tool: 'reply', arguments: { ticket_id: nth - 1 }, result: 'sent' },
  )
  expect(replay(run, defaultSettings).verdicts.every(({ found }) => found === null)).toBe(true)
})

test('a fresh id in each request does not hide a loop', () => {
  const run = times(5, (nth) => ({
    arguments: { query: 'q', request_id: `r${nth}`, note: `job_${nth}abcdefgh1` },
    result: `Error at 2026-11-20T03:12:0${nth}Z: no such page`,
  }))
  expect(last(run).found).toBe('LOOP_DETECTED')
})

test('tests that pass again after each edit are no loop', () => {
  const run = times(42, (nth) =>
    nth % 3 === 2
      ? { tool: 'run_tests', arguments: {}, result: '12 passed' }
      : { tool: 'edit', arguments: { line: nth }, result: `changed ${'x'.repeat(nth)}` },
  )
  expect(last(run).found).toBeNull()
  expect(signal('repeats', run)?.value).toBeLessThan(0.4)
  expect(signal('repeats', run)?.why).toMatch(/new states in between/)
})

test.each([1, 2, 3, 4, 5])('a cycle of %i actions is found with its shortest length', (period) => {
  const run = times(period * 5, (nth) => ({ arguments: nth % period, result: nth % period }))
  const found = signal('cycles', run)
  expect(found?.value).toBe(1)
  expect(found?.why).toContain(period === 1 ? 'the same action' : `the same ${period} actions`)
  expect(found?.evidence.length).toBeLessThanOrEqual(12)
  expect(last(run).found).toBe('LOOP_DETECTED')
})

test('a cycle of six is no cycle, but brings no new states', () => {
  const run = times(60, (nth) => ({ arguments: nth % 6, result: nth % 6 }))
  expect(signal('cycles', run)?.value).toBe(0)
  expect(signal('states', run)?.value).toBeGreaterThan(0.5)
})

const failed = (nth: number): Observation =>
  did(nth, { outcome: 'failed', result: 'x'.repeat(nth) })

test('failures in a row count, an unknown outcome neither adds nor ends, a success ends', () => {
  const run = [failed(1), failed(2), did(3, { outcome: 'unknown' }), failed(4)]
  expect(signal('errors', run)).toMatchObject({
    value: 0.5,
    evidence: ['action-1', 'action-2', 'action-4'],
  })
  expect(signal('errors', [...run, did(5)])?.value).toBe(0)
})

test.each<[string, unknown]>([
  ['text', 'Error: no seats'],
  ['an exit code', 'exitcode: 1 (execution failed)'],
  ['a field', { error: { code: 5 } }],
  ['a flag', { isError: true }],
  ['success: false', { success: false }],
])('a failure that hides behind a success is one: %s', (_, result) => {
  expect(
    signal(
      'errors',
      times(5, () => ({ result })),
    )?.value,
  ).toBe(1)
})

test.each<[string, unknown]>([
  ['no error', { error: null }],
  ['errors as a subject', 'Errors found: 0'],
  ['exit code 0', 'exitcode: 0 (execution succeeded)'],
])('what only looks like a failure is none: %s', (_, result) => {
  expect(
    signal(
      'errors',
      times(5, () => ({ result })),
    )?.value,
  ).toBe(0)
})

test('a tool says itself what failure looks like', () => {
  const settings = parseSettings({ tools: { search: { failsWhen: ['"hits":[]'] } } })
  expect(
    signal(
      'errors',
      times(5, () => ({})),
      settings,
    )?.value,
  ).toBe(1)
})

const poll = { windowMs: 60_000, bound: 10 }
const polling = parseSettings({ tools: { job_state: { poll } } })
const asks = (count: number, result: (nth: number) => unknown, everyMs = 1000): Observation[] =>
  times(count, (nth) => ({ tool: 'job_state', at: nth * everyMs, result: result(nth) }))

test('a poll-like tool may answer the same, up to its bound', () => {
  expect(
    last(
      asks(10, () => 'running'),
      polling,
    ).score,
  ).toBe(0)
  expect(
    last(
      asks(14, () => 'running'),
      polling,
    ).found,
  ).toBeNull()
  expect(
    last(
      asks(15, () => 'running'),
      polling,
    ).found,
  ).toBe('LOOP_DETECTED')
})

test('a poll-like tool may answer the same, up to its window', () => {
  expect(
    last(
      asks(5, () => 'running', 15_000),
      polling,
    ).score,
  ).toBe(0)
  expect(
    last(
      asks(10, () => 'running', 15_000),
      polling,
    ).found,
  ).toBe('LOOP_DETECTED')
})

test('asking a poll-like tool for a changing answer is no loop, however long', () => {
  const { verdicts } = replay(
    asks(500, (nth) => (nth % 2 === 0 ? 'a' : 'b')),
    polling,
  )
  expect(verdicts.every(({ score }) => score === 0)).toBe(true)
})

test('polls of several jobs do not disturb each other, nor the checklist', () => {
  const run = times(60, (nth) => ({
    tool: 'job_state',
    at: nth,
    arguments: { job_id: nth % 8 },
    closed: 1,
  }))
  expect(last(run, polling).score).toBe(0)
})

test('a poll-like tool that fails is a failure', () => {
  const run = times(5, () => ({ tool: 'job_state', outcome: 'failed' as const }))
  expect(signal('errors', run, polling)?.value).toBe(1)
})

const items = (closed: number | undefined): Observation[] =>
  times(60, (nth) => ({ result: 'x'.repeat(nth), arguments: nth, closed }))

test('a checklist that stands still counts, one that was never named does not', () => {
  expect(signal('progress', items(2))).toMatchObject({
    value: 1,
    evidence: ['action-0', 'action-59'],
  })
  expect(signal('progress', items(undefined))?.value).toBe(0)
})

test('an item closed again is no progress', () => {
  const run = times(60, (nth) => ({ result: 'x'.repeat(nth), closed: 2 + (nth % 2) }))
  expect(signal('progress', run)?.value).toBe(1)
})

test('signals that agree make drift where none alone does', () => {
  const run = times(24, (nth) => ({
    arguments: { q: nth % 7 },
    outcome: 'failed' as const,
    result: 'no such page',
  }))
  expect(last(run)).toMatchObject({ found: 'DRIFT_DETECTED' })
  expect(last(run, parseSettings({ driftAt: null })).found).toBeNull()
  expect(last(run.slice(0, 7), parseSettings({ driftAt: 0.1 })).found).toBeNull()
})

test('after a person resumed it, what was held against a run is forgotten', () => {
  const { state } = replay(
    times(5, () => ({})),
    defaultSettings,
  )
  const { verdict } = next(afterResume(state), did(6), defaultSettings)
  expect(verdict.found).toBeNull()
  expect(verdict.score).toBeLessThan(0.1)
})

test('keys that a tool ignores or names as subjects', () => {
  const run = times(5, (nth) => ({ arguments: { query: 'q', mood: nth }, result: { token: nth } }))
  expect(last(run).found).toBeNull()
  const ignoring = parseSettings({ tools: { search: { ignore: ['Mood'] } } })
  expect(last(run, ignoring).found).toBe('LOOP_DETECTED')
  const naming = parseSettings({ tools: { search: { ignore: ['mood'], subjects: ['token'] } } })
  expect(last(run, naming).score).toBe(0)
})

test('a state of another version, or none, is not read', () => {
  expect(readState(startState)).toEqual(startState)
  for (const other of [null, 1, 'state', {}, { ...startState, version: 2 }, { version: 1 }]) {
    expect(readState(other)).toBeNull()
  }
})
