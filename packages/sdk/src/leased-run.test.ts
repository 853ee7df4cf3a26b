import type { RunStatus } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

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

test('a run that is held for too long is let go of, but not while an action or a child is under way', async () => {
  const held = leased({ exitAfterMs: 0 })
  held.inFlight = 1
  const waiting = expect(held.untilMayGo(held.version)).rejects.toBeInstanceOf(RunReleasedError)
  await held.seen(20)
  expect(held.signal.aborted).toBe(false)
  held.inFlight = 0
  held.livingChildren = 1
  await held.seen(150)
  expect(held.signal.aborted).toBe(false)
  held.livingChildren = 0
  await waiting
})

test('a run that went on meanwhile is not let go of for the hold before', async () => {
  const held = leased({ exitAfterMs: 200 })
  const end = Date.now() + 600
  while (Date.now() < end) {
    await held.whileHeld(async () => held.seen(50))
    held.observe(seen('running'))
  }
  expect(held.signal.aborted).toBe(false)
})

test('how long a run is held counts over everything that waits meanwhile, until it goes on', async () => {
  const held = leased({ exitAfterMs: 300 })
  const end = Date.now() + 1000
  // Looks again and again, as the gate does, each time for a short while.
  const looking = async (): Promise<void> => {
    while (Date.now() < end) await held.whileHeld(async () => held.seen(20))
  }
  await expect(looking()).rejects.toBeInstanceOf(RunReleasedError)
})
