import { expect, test } from 'vitest'

import { act, drawn, picture, span, stretch } from './night.fixture.ts'
import { shiftAt } from './shift.ts'
import { ToolLine } from './toolLine.ts'
import { wholeFleet } from './wholeFleet.ts'

test('the lane of the whole fleet is the first, and stays where it is when rows get a line for tools', () => {
  const shown = picture({}, [act('policy.save', 10)])
  const { lanes } = drawn(shown)
  const before = lanes.boxes
  expect(before.map(({ agentId }) => agentId)).toEqual([wholeFleet, 'clerk'])
  lanes.giveToolLine(true)
  const after = lanes.boxes
  expect(after[0]).toMatchObject({ top: 0, height: before[0]?.height ?? 0 })
  expect(after[1]?.height).toBeGreaterThan(before[1]?.height ?? 0)
  expect(lanes.height).toBe((after[1]?.top ?? 0) + (after[1]?.height ?? 0))
})

test('what lay under the pointer lies there when lanes grow', () => {
  const before = [
    { agentId: 'a', top: 0, height: 100 },
    { agentId: 'b', top: 100, height: 50 },
  ]
  const after = [
    { agentId: 'a', top: 0, height: 160 },
    { agentId: 'b', top: 160, height: 80 },
  ]
  expect(shiftAt(before, after, 100)).toBe(60)
  expect(shiftAt(before, after, 125)).toBe(75)
  expect(shiftAt(after, before, 160)).toBe(-60)
  expect(shiftAt(before, [], 100)).toBe(0)
  expect(shiftAt(before, after, 900)).toBe(0)
})

test('tools have a line where one can be named, and keep it until the zoom is another', () => {
  const line = new ToolLine()
  const tools = picture({ stretches: [stretch('tool', 'scan', 100, 110)] })
  const none = picture({ stretches: [stretch('step', 'read', 0, 900)] })
  expect(line.decide(tools, span(0, 1000))).toBe(false)
  expect(line.decide(tools, span(0, 200))).toBe(true)
  // Moved to where there is none.
  expect(line.decide(none, span(300, 500))).toBe(true)
  expect(line.decide(none, span(0, 1000))).toBe(false)
  expect(line.decide(none, span(300, 310))).toBe(false)
  expect(line.decide(picture({ stretches: null }), span(300, 310))).toBe(false)
})
