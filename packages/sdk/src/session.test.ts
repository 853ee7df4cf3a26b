import type { RunStatus } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { Database } from './database.ts'
import { FencedError, RunEndedError } from './errors.ts'
import { redactSecrets } from './redact.ts'
import { Session } from './session.ts'

const session = (): Session =>
  new Session({
    id: 'a run',
    agent: 'clerk',
    worker: 'w',
    epoch: 2,
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
    workerSignal: new AbortController().signal,
    changed: () => undefined,
    memory: {},
    steps: [],
    over: false,
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
  const ending = session()
  ending.ending = 'complete'
  ending.observe(seen('complete'))
  expect(ending.signal.aborted).toBe(false)
  ending.observe(seen('killed'))
  expect(ending.signal.reason).toBeInstanceOf(RunEndedError)
})

test('a newer epoch means that another worker has it; an older one is news of the past', () => {
  const held = session()
  held.observe(seen('complete', 1))
  expect(held.signal.aborted).toBe(false)
  held.observe(seen('running', 3))
  expect(held.signal.reason).toBeInstanceOf(FencedError)
})

test('what is seen while the gate is asked ends the waiting for it', async () => {
  const held = session()
  const version = held.version
  held.observe(seen('running'))
  await held.untilMayGo(version)
  expect(held.waiting).toBe(0)
})
