import { type EventIndex, type EventKind, type RunEvent, standingOf } from '@holdpoint/protocol'
import { beforeAll, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

// What the page of a run reads of its history, of a run written with plain SQL and of one through the functions.

const { db, operator, startRun } = await askServer()
let plain = ''
let kept = ''

const change = async (set: string, run = plain) =>
  db.trial.query(`update workflow_checkpoints set ${set} where workflow_id = $1`, [run])

async function say<T>(sql: string, ...params: unknown[]): Promise<T> {
  const { rows } = await db.trial.query<{ said: T }>(`select ${sql} as said`, params)
  return rows[0]?.said as T
}

const digest = 'a'.repeat(64)
const beginAction = async (key: string, more: object = {}) =>
  say<{ actionId: string }>('begin_action($1, 1, $2)', kept, {
    tool: 'mail.send',
    target: 'a@example.com',
    request: { body: 'x'.repeat(5000) },
    digest,
    key,
    step: 'send',
    ...more,
  })

let first = ''
let second = ''

beforeAll(async () => {
  plain = await startRun({ agent_id: 'plain', current_step: 'step_1' })
  await change(`tokens_in = 5`)
  await change(`current_step = 'step_2'`)
  await change(`waiting_on = '{"kind":"timer"}'`)
  await change(`status = 'paused', paused_at = now(), current_step = 'awaiting_approval'`)
  await db.trial.query(
    `insert into approval_queue (workflow_id, requested_by) values ($1, 'plain')`,
    [plain],
  )
  await change(`status = 'complete'`)

  const run = await say<{ id: string }>('start_run($1)', {
    agentId: 'kept',
    worker: 'w',
    leaseMs: 3_600_000,
  })
  kept = run.id
  await say(`begin_step($1, 1, 'send', 1, '{"to":"a"}')`, kept)
  first = (await beginAction('k1')).actionId
  await say('end_action($1, 1, $2, $3)', kept, first, {
    state: 'failed',
    error: 'no route',
    errorClass: 'transient',
    response: { tried: 1 },
  })
  await beginAction('k1')
  await say('end_action($1, 1, $2, $3)', kept, first, { state: 'confirmed', response: { id: 7 } })
  await say(`end_step($1, 1, 'send', 1, '{"error":"flaky"}')`, kept)
  await say(`begin_step($1, 1, 'send', 1, '{"to":"b"}')`, kept)
  second = (await beginAction('k2')).actionId
})

async function history(id: string): Promise<readonly RunEvent[]> {
  return (await operator.runs.events({ id, after: 0, limit: 1000 })).events
}

/** The index, read in stretches and unpacked. */
async function indexed(id: string, stretch: number) {
  const all: { seq: number; kind: EventKind; micros: number; letter: string; begins: boolean }[] =
    []
  for (let after = 0; ; after = all.length) {
    const part: EventIndex = await operator.runs.index({ id, after, limit: stretch })
    if (part.standing === '') return all
    let micros = part.at ?? Number.NaN
    const gaps = part.gaps.split(',').map(Number)
    for (const [n, letter] of part.standing.split('').entries()) {
      micros += gaps[n] ?? Number.NaN
      all.push({
        seq: part.first + n,
        kind: part.names[part.kinds.charCodeAt(n) - 35] ?? 'run.adopted',
        micros,
        letter: letter.toLowerCase(),
        begins: letter !== letter.toLowerCase(),
      })
    }
  }
}

const microsOf = ({ at }: RunEvent) =>
  Date.parse(at) * 1000 + Number((/\.\d{3}(\d*)/.exec(at)?.[1] ?? '').padEnd(3, '0'))

test('the index says of each event what the event itself says, however it is cut', async () => {
  for (const id of [plain, kept]) {
    const events = await history(id)
    for (const stretch of [1000, 3, 1]) {
      const index = await indexed(id, stretch)
      expect(index.map(({ seq, kind, micros, letter }) => ({ seq, kind, micros, letter }))).toEqual(
        events.map((event) => ({
          seq: event.seq,
          kind: event.kind,
          micros: microsOf(event),
          letter: standingOf(event.state),
        })),
      )
    }
  }
})

test('the index marks where a step began, also where the event is named after a status', async () => {
  const events = await history(plain)
  const begun = (await indexed(plain, 2)).filter(({ begins }) => begins)
  expect(begun.map(({ seq }) => events[seq - 1]?.state.step)).toEqual([
    'step_1',
    'step_2',
    'awaiting_approval',
  ])
  expect(begun.map(({ kind }) => kind)).toEqual(['run.started', 'run.step', 'run.paused'])
})

test('lines are the events without the weight of their state', async () => {
  const events = await history(kept)
  const { rows } = await operator.runs.lines({ id: kept, seqs: [4, 2, 999] })
  expect(rows.map(({ seq }) => seq)).toEqual([2, 4])
  for (const line of rows) {
    const event = events[line.seq - 1]
    const { goal, step, worker, waitingOn, stopDetail } = event?.state ?? {}
    expect(line).toEqual({
      seq: event?.seq,
      kind: event?.kind,
      actor: event?.actor,
      at: event?.at,
      detail: event?.detail,
      state: { goal, step, worker, waitingOn, stopDetail },
    })
  }
  await expect(operator.runs.lines({ id: kept, seqs: [] })).rejects.toThrow('too_small')
})

test('a plain-SQL step has a name and no end of its own', async () => {
  const { rows } = await operator.runs.spans({ id: plain, seqs: [1, 3] })
  expect(rows).toEqual([
    { kind: 'step', seq: 1, name: 'step_1', kept: null },
    { kind: 'step', seq: 3, name: 'step_2', kept: null },
  ])
})

test('each attempt of a step and of an action is a span that ended as it did', async () => {
  const begun = (await history(kept)).filter(
    ({ kind }) => kind === 'run.step' || kind === 'action.intended',
  )
  const { rows } = await operator.runs.spans({ id: kept, seqs: begun.map(({ seq }) => seq) })
  const told = rows.map((span) =>
    span.kind === 'step'
      ? [span.name, span.kept?.attempt, span.kept?.state, typeof span.kept?.endedAt]
      : [span.actionId, span.attempt, span.state, typeof span.endedAt],
  )
  expect(told).toEqual([
    ['send', 1, 'failed', 'string'],
    [first, 1, 'failed', 'string'],
    [first, 2, 'confirmed', 'string'],
    ['send', 2, 'running', 'object'],
    [second, 1, 'intended', 'object'],
  ])
})

test('what is under way at an instant reaches into a window that begins there', async () => {
  const events = await history(kept)
  const at = (kind: EventKind) => events.find((event) => event.kind === kind)?.at ?? ''
  const during = await operator.runs.under({ id: kept, at: at('action.failed') })
  expect(during.rows.map(({ kind }) => kind)).toContain('step')
  const now = await operator.runs.under({ id: kept, at: '2999-01-01T00:00:00Z' })
  expect(now.rows.map(({ kind }) => kind)).toEqual(['action', 'step'])
  const before = await operator.runs.under({ id: kept, at: '2000-01-01T00:00:00Z' })
  expect(before.rows).toEqual([])
})

test('lists carry no payload; one action and one step carry theirs', async () => {
  const page = await operator.runs.actions({ id: kept, limit: 1 })
  expect(page.rows).toMatchObject([{ id: second, state: 'intended' }])
  expect(Object.keys(page.rows[0] ?? {})).not.toContain('request')
  const next = await operator.runs.actions({ id: kept, cursor: page.nextCursor })
  expect(next.rows.map(({ id }) => id)).toEqual([first])
  expect(await operator.runs.action({ id: kept, actionId: second })).toMatchObject({
    action: { request: { body: 'x'.repeat(5000) }, settledBy: null },
    previous: first,
  })
  const steps = await operator.runs.steps({ id: kept })
  expect(steps.rows).toMatchObject([{ name: 'send', attempt: 2, state: 'running' }])
  expect(Object.keys(steps.rows[0] ?? {})).not.toContain('input')
  const step = { id: kept, step: 'send', occurrence: 1 }
  expect(await operator.runs.step(step)).toMatchObject({ input: { to: 'b' }, result: null })
  expect(await refusal(operator.runs.step({ ...step, occurrence: 2 }))).toMatchObject({
    code: 'NOT_FOUND',
  })
  expect(await refusal(operator.runs.action({ id: plain, actionId: second }))).toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('steps come in pages that hold each of them once', async () => {
  for (let n = 2; n <= 6; n++) await say(`begin_step($1, 1, 'send', $2)`, kept, n)
  const seen: number[] = []
  let cursor: string | null = null
  do {
    const page = await operator.runs.steps({ id: kept, limit: 2, cursor })
    seen.push(...page.rows.map(({ occurrence }) => occurrence))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(seen).toEqual([6, 5, 4, 3, 2, 1])
})

test('an earlier attempt is kept with what it was given and what it answered', async () => {
  const step = { id: kept, step: 'send', occurrence: 1 }
  expect(await operator.runs.attempts({ actionId: first })).toMatchObject({
    actions: [{ attempt: 1, state: 'failed', error: 'no route', errorClass: 'transient' }],
    steps: [],
  })
  expect(await operator.runs.attempt({ actionId: first, attempt: 1 })).toMatchObject({
    action: { response: { tried: 1 }, late: null },
  })
  expect(await operator.runs.attempts(step)).toMatchObject({
    actions: [],
    steps: [{ attempt: 1, state: 'failed', error: 'flaky' }],
  })
  expect(await operator.runs.attempt({ ...step, attempt: 1 })).toMatchObject({
    step: { input: { to: 'a' } },
  })
  expect(await refusal(operator.runs.attempt({ ...step, attempt: 2 }))).toMatchObject({
    code: 'NOT_FOUND',
  })
})
