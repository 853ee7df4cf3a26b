import type { RunStatus } from '@holdpoint/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { Database } from './database.ts'
import { FencedError, RunEndedError, RunReleasedError } from './errors.ts'
import { LeasedRun } from './leased-run.ts'
import { redactSecrets } from './redact.ts'
import type { OnHold } from './spec.ts'

const host = {
  worker: 'w',
  leaseMs: 1000,
  // Never asked: a pool connects with its first statement.
  database: new Database({
    url: 'postgres://nowhere.invalid/x',
    poolSize: 1,
    applicationName: 'test',
    waitMs: 0,
    log: () => undefined,
  }),
  redact: redactSecrets,
  log: () => undefined,
  workerSignal: new AbortController().signal,
  changed: () => undefined,
  track: async <T>(work: Promise<T>): Promise<T> => work,
}

const leased = (onHold: OnHold = 'wait'): LeasedRun =>
  new LeasedRun(host, {
    id: 'a run',
    agent: 'clerk',
    epoch: 2,
    memory: {},
    steps: [],
    over: false,
    can: null,
    onHold,
  })

const seen = (status: RunStatus, epoch = 2) => ({
  status,
  heldBy: [],
  stopReason: null,
  stopDetail: null,
  epoch,
  control: null,
})

test('a run seen to have ended stops, but not by the end that its own worker is writing', () => {
  const ending = leased()
  ending.ending = 'complete'
  ending.observe(seen('complete'))
  expect(ending.signal.aborted).toBe(false)
  ending.observe(seen('killed'))
  expect(ending.signal.reason).toBeInstanceOf(RunEndedError)
})

test('a newer epoch means that another worker has it; an older one is news of the past', () => {
  const held = leased()
  held.observe(seen('complete', 1))
  expect(held.signal.aborted).toBe(false)
  held.observe(seen('running', 3))
  expect(held.signal.reason).toBeInstanceOf(FencedError)
})

test('what is seen while the gate is asked ends the waiting for it', async () => {
  const held = leased()
  const version = held.version
  held.observe(seen('running'))
  await held.untilMayGo(version)
  expect(held.waiting).toBe(0)
})

describe('a run that is held', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('for too long is let go of, but not while an action or a child is under way', async () => {
    const held = leased({ exitAfterMs: 0 })
    held.inFlight = 1
    const waiting = expect(held.untilMayGo(held.version)).rejects.toBeInstanceOf(RunReleasedError)
    await vi.advanceTimersByTimeAsync(1000)
    expect(held.signal.aborted).toBe(false)
    held.inFlight = 0
    held.livingChildren = 1
    await vi.advanceTimersByTimeAsync(1000)
    expect(held.signal.aborted).toBe(false)
    held.livingChildren = 0
    await vi.advanceTimersByTimeAsync(1000)
    await waiting
  })

  test('and went on meanwhile is not let go of for the hold before', async () => {
    const held = leased({ exitAfterMs: 200 })
    for (let n = 0; n < 12; n += 1) {
      const waiting = held.whileHeld(async () => held.seen(150))
      await vi.advanceTimersByTimeAsync(150)
      expect(await waiting).toBe(false)
      held.observe(seen('running'))
    }
    expect(held.signal.aborted).toBe(false)
  })

  test('is held for as long as everything waits meanwhile, until it goes on', async () => {
    const held = leased({ exitAfterMs: 300 })
    // Looks again and again, as the gate does, each time for a short while.
    const looking = async (): Promise<void> => {
      for (let n = 0; n < 50; n += 1) await held.whileHeld(async () => held.seen(20))
    }
    const refused = expect(looking()).rejects.toBeInstanceOf(RunReleasedError)
    await vi.advanceTimersByTimeAsync(1000)
    await refused
  })
})
