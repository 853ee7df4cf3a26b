import { expect, test } from 'vitest'

import { itemAt } from './hit.ts'
import { act, drawn, picture, span, stretch } from './night.fixture.ts'
import type { Picture } from './picture.ts'
import { wayOf } from './way.ts'
import { wholeFleet } from './wholeFleet.ts'
import { runWords, spoken, wordsOf } from './words.ts'

const laneOf = (shown: Picture, name: string) => {
  const lane = shown.lanes.get(name)
  if (lane === undefined) throw new Error(`there is no lane of ${name}`)
  return lane
}

const work = picture({
  stretches: [
    stretch('step', 'read the post', 0, 400, { outcome: 'completed' }),
    stretch('tool', 'scan', 100, 300, { target: 'inbox', outcome: 'failed' }),
    stretch('step', 'short', 400, 410),
    stretch('tool', 'beep', 402, 404),
    stretch('step', 'file it', 500, null),
  ],
})
const clerk = laneOf(work, 'clerk')

/** What lies at a second, so many px below the top of the run's bar. */
const under = (second: number, px: number, hasToolLine: boolean) => {
  const { clerk: ground } = drawn(work, hasToolLine)
  const y = ground.box.rowsTop + 2 + px
  const item = itemAt(ground, clerk, { x: second, y }, 'mouse')
  return item === null ? null : wordsOf(item).what
}

test('on a row with a line for tools the bar says the step, the line below it the tool', () => {
  expect(under(200, 7, true)).toBe('Step: read the post')
  expect(under(200, 18, true)).toBe('Tool: scan')
  expect(under(350, 18, true)).toBeNull()
  expect(under(900, 7, true)).toBe('Step: file it')
  // Between them the run is at no step.
  expect(under(450, 7, true)).toBe('Run: running')
  // A step that is a cut in the bar is not a block that can be pointed at.
  expect(under(405, 7, true)).toBe('Run: running')
})

test('without it tools are along the foot of the bar, and are taken from its lower half', () => {
  expect(under(200, 3, false)).toBe('Step: read the post')
  expect(under(200, 11, false)).toBe('Tool: scan')
  expect(under(350, 11, false)).toBe('Step: read the post')
})

test('a step and a tool are told with what became of them, and lead to their moment in the run', () => {
  const [step, tool] = (clerk.stretches ?? []).map((each) => ({
    ...each,
    kind: 'stretch' as const,
  }))
  if (step === undefined || tool === undefined) throw new Error('there are none')
  expect(spoken(step, 'clerk')).toMatch(
    /^clerk, run 00000000: Step: read the post, .*, 6m 40s, completed$/,
  )
  expect(wordsOf(tool)).toMatchObject({ what: 'Tool: scan', more: 'inbox · failed' })
  expect(wayOf(step)).toEqual({
    to: 'moment',
    runId: step.stretch.runId,
    at: step.stretch.from,
  })
  // Where a pointer says which moment of it is meant, it is that one; from beside it the nearest.
  const led = (nth: number) => wayOf(tool, span(nth, nth).from).at
  expect(led(200)).toBe(new Date(span(200, 200).from).toISOString())
  expect(led(99)).toBe(tool.stretch.from)
  expect(led(301)).toBe(tool.stretch.to)
  expect(clerk.runs.map(({ run }) => runWords(run))).toEqual([
    { what: 'Run: running', more: 'sort the post' },
  ])
})

test('an act is over the bars of its agent, or on the line of the whole fleet, and leads to its row in the log', () => {
  const shown = picture({ acts: [act('agent.isolate', 500, 'it deletes')] }, [
    act('policy.save', 500, 'all mail'),
    act('sign_in.begin', 503, 'ana'),
  ])
  const { clerk: ground, fleet } = drawn(shown)
  const own = itemAt(ground, laneOf(shown, 'clerk'), { x: 503, y: 10 }, 'mouse')
  if (own === null) throw new Error('nothing is there')
  expect(spoken(own, 'clerk')).toMatch(/^clerk: Agent isolated, .*, by ana · it deletes$/)
  expect(wayOf(own)).toEqual({
    to: 'audit',
    id: 'agent.isolate 500',
    at: expect.any(String) as string,
  })
  // Who signed in matters least.
  const all = itemAt(fleet, laneOf(shown, wholeFleet), { x: 503, y: 14 }, 'mouse')
  if (all === null) throw new Error('nothing is there')
  expect(spoken(all, wholeFleet)).toMatch(
    /^Whole fleet: Policy put in force, .*, by ana · all mail$/,
  )
})
