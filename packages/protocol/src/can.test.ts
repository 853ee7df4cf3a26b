import { describe, expect, test } from 'vitest'

import { can, runVerbs } from './can.ts'
import { holdKinds } from './holds.ts'
import { finalStatuses, runState, transitions } from './run-state.ts'

const running = {
  status: 'running',
  heldBy: [],
  stopReason: null,
  spend: { tokensIn: 60, tokensOut: 40, costUsd: 0 },
  steps: 3,
  limits: { tokens: null, costUsd: null, steps: null, deadline: null },
} as const
const held = (by: (typeof holdKinds)[number]) =>
  ({ ...running, status: 'paused', heldBy: [by] }) as const
const liftedOtherwise = new Set<string>(['approval', 'isolation', 'outcome'])

describe('what an operator may do', () => {
  test.each(finalStatuses)('nothing, once a run is %s', (status) => {
    for (const verb of runVerbs) {
      expect(can(verb, { ...running, status })).toEqual({
        allowed: false,
        because: `The run is ${status}; that is final.`,
      })
    }
  })

  test('a run that goes on is paused and killed, and has nothing to resume', () => {
    expect(can('pause', running).allowed).toBe(true)
    expect(can('kill', running).allowed).toBe(true)
    expect(can('resume', running)).toEqual({ allowed: false, because: 'The run is not paused.' })
  })

  test('a second pause is refused, a pause beside another hold is not', () => {
    expect(can('pause', held('operator_pause')).allowed).toBe(false)
    expect(can('pause', held('approval')).allowed).toBe(true)
  })

  test('resuming lifts neither a decision nor an isolation, and says what does', () => {
    expect(can('resume', held('approval'))).toMatchObject({
      because: expect.stringContaining('approve or reject') as string,
    })
    expect(can('resume', held('isolation'))).toMatchObject({
      because: expect.stringContaining('release the agent') as string,
    })
  })

  test('a budget that is used up is raised, not resumed', () => {
    const limits = { ...running.limits, tokens: 100 }
    expect(can('resume', { ...held('budget'), limits })).toMatchObject({ allowed: false })
    expect(can('resume', { ...held('budget'), limits: { ...limits, tokens: 101 } })).toEqual({
      allowed: true,
    })
  })

  test('an unknown outcome is settled, not resumed', () => {
    expect(can('resume', held('outcome'))).toMatchObject({ allowed: false })
  })

  test('resuming lifts every other hold, also where one of those two stands beside it', () => {
    for (const kind of holdKinds.filter((each) => !liftedOtherwise.has(each))) {
      expect(can('resume', held(kind)).allowed).toBe(true)
      expect(can('resume', { ...held(kind), heldBy: [kind, 'approval'] }).allowed).toBe(true)
    }
  })
})

describe('the state that a person is shown', () => {
  test('running and paused are told apart by what they wait for', () => {
    expect(runState({ ...running, waitingOn: null })).toBe('running')
    expect(runState({ ...running, waitingOn: { kind: 'timer' } })).toBe('waiting')
    expect(runState({ status: 'paused', stopReason: 'AWAITING_APPROVAL', waitingOn: null })).toBe(
      'needs_approval',
    )
    expect(runState({ status: 'paused', stopReason: 'USER_PAUSED', waitingOn: null })).toBe(
      'paused',
    )
  })

  test('no edge leaves a final status', () => {
    const left = transitions.map(([from]) => from)
    expect(finalStatuses.filter((status) => (left as readonly string[]).includes(status))).toEqual(
      [],
    )
  })
})
