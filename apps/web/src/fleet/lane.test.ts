import { holdKinds, runStatuses, stopReasons, type AgentId, type Run } from '@holdpoint/protocol'
import { array, assert, constantFrom, integer, option, property, record } from 'fast-check'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { attentionOf } from './attention.ts'
import { laneOf, linesOf, mostRows, placesOf, rowsShown } from './lane.ts'

const now = Date.parse('2026-11-20T03:13:00.000000+00:00')
const linesFor = (runs: readonly Run[]) =>
  linesOf(
    attentionOf({
      runs: new Map(runs.map((run) => [run.id, run])),
      approvals: [],
      loops: [],
      seen: new Set(),
      now,
    }),
  )

const failed = (nth: number, more: Partial<Run> = {}) =>
  aRun(`run-${nth}`, 1, {
    status: 'failed',
    stopReason: 'TOOL_FAILURE',
    step: 'upsert_destination',
    statusSince: `2026-11-20T03:12:${String(nth % 60).padStart(2, '0')}.000000+00:00`,
    ...more,
  })
const times = (n: number, make: (nth: number) => Run) =>
  Array.from({ length: n }, (_, i) => make(i))

test('like failures of one agent are one line that says where, its newest first', () => {
  const lines = linesFor(times(14, (nth) => failed(nth)))
  expect(lines).toMatchObject([{ kind: 'group', like: 'failed: tool failure', agents: ['triage'] }])
  const [group] = lines
  if (group?.kind !== 'group') throw new Error('not a group')
  expect(placesOf(group)).toBe(' at upsert_destination')
  expect(group.items.map(({ key }) => key).slice(0, 2)).toEqual(['run-13', 'run-12'])
})

test('another reason is another line', () => {
  const lines = linesFor([...times(3, (nth) => failed(nth)), failed(9, { stopReason: 'TIMEOUT' })])
  expect(lines.map(({ kind }) => kind)).toEqual(['one', 'group'])
})

test('many agents with one trouble share a line', () => {
  const lines = linesFor(times(40, (nth) => failed(nth, { agentId: `agent-${nth}` as AgentId })))
  expect(lines).toHaveLength(1)
  expect(lines).toMatchObject([{ kind: 'group', like: 'failed: tool failure' }])
})

test('a failure is on screen however many approvals stand before it', () => {
  const asking = times(50, (nth) =>
    aRun(`asks-${nth}`, 1, {
      status: 'paused',
      stopReason: 'AWAITING_APPROVAL',
      heldBy: ['approval'],
      agentId: `agent-${nth % 17}` as AgentId,
    }),
  )
  const { rows } = laneOf(linesFor([...asking, failed(1)]), null, 4)
  const last = rows.at(-1)
  expect(last?.kind === 'line' && last.line.key).toBe('run-1')
})

test('an opened group shows its first members, and how many there are beside them', () => {
  const lines = linesFor(times(14, (nth) => failed(nth)))
  const [row] = laneOf(lines, lines[0]?.key ?? '', null).rows
  expect(row).toMatchObject({ kind: 'line', rest: 6 })
  expect(row?.kind === 'line' && row.members).toHaveLength(8)
})

const anyRun = record({
  status: constantFrom(...runStatuses),
  stopReason: option(constantFrom(...stopReasons)),
  agent: integer({ min: 0, max: 60 }),
  heldBy: array(constantFrom(...holdKinds), { maxLength: 2 }),
  tool: option(constantFrom('send_email', 'upload_file')),
  step: integer({ min: 0, max: 40 }),
})

test('never more than thirty rows, whatever happens, opened or not; nothing is lost from the count', () => {
  assert(
    property(
      array(anyRun, { maxLength: 400, size: 'max' }),
      integer({ min: 0, max: 30 }),
      (some, nth) => {
        const lines = linesFor(
          some.map(({ agent, step, ...run }, id) =>
            aRun(String(id), 1, { ...run, agentId: `a-${agent}` as AgentId, step: `s-${step}` }),
          ),
        )
        const { rows, whole } = laneOf(lines, lines[nth]?.key ?? null, null)
        const more = rows.find((row) => row.kind === 'more')?.count ?? 0
        const shown = rows.flatMap((row) =>
          row.kind === 'more' ? [] : row.line.kind === 'one' ? [row.line.item] : row.line.items,
        )
        const all = lines.flatMap((line) => (line.kind === 'one' ? [line.item] : line.items))
        return (
          rowsShown(rows) <= mostRows && whole <= mostRows && shown.length + more === all.length
        )
      },
    ),
    { numRuns: 200 },
  )
})
