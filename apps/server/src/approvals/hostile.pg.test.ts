import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'

// What a person's client may send about a request, as bytes over HTTP: an answer in words, never an error of ours, and the
// request as it was.
const server = await startTestServer()
const { db } = server

let id = ''
let run = ''
beforeAll(async () => {
  const { rows } = await db.trial.query<{ id: string; run: string }>(
    `with started as (insert into workflow_checkpoints (agent_id) values ('a') returning workflow_id)
     select workflow_id as run, gen_random_uuid() as id from started`,
  )
  run = rows[0]?.run ?? ''
  const asked = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments) values ($1, 'a', 'refund', '{"eur": 5}')
     returning approval_id as id`,
    [run],
  )
  id = asked.rows[0]?.id ?? ''
})

const state = async (): Promise<unknown> =>
  (
    await db.owner.query(
      `select q.*, w.seq, (select count(*) from approval_votes v where v.approval_id = q.approval_id) as votes
       from approval_queue q join workflow_checkpoints w using (workflow_id) where approval_id = $1`,
      [id],
    )
  ).rows[0]

/** The text of a body goes as it is: what it holds need not be what JSON.stringify would write. */
async function send(path: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await server.ask(`/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}

const turned = 'pay \u202Eelpmaxe\u202C \u0007 \u001B[31m'
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const text = (value: string): string => JSON.stringify(value)
const long = (length: number): string => text('x'.repeat(length + 1))

/** The fields of each command, and what nobody should send in one of them. */
const commands: Readonly<Record<string, { fields: string; hostile: Record<string, string[]> }>> = {
  'approvals.decide': {
    fields: '"version": 1, "decision": "approved"',
    hostile: {
      id: [text(turned), long(100_000), '1', 'null', '{}'],
      version: ['0', '-1', '1.5', '1e131071', text('1'), 'null'],
      decision: [text('APPROVED'), text(turned), 'null', '[]'],
      reason: [long(2000), long(300_000), text('a\0b'), '7', nested(500)],
      arguments: [
        '{"eur": 1e131071}',
        '{"eur": 1e400}',
        nested(101),
        nested(20_000),
        long(300_000),
        '{"a": "\\u0000"}',
        '{"eur": NaN}',
        '{"eur": 5',
      ],
      further: [
        '{}',
        '{"scope": "all"}',
        '{"scope": "run", "more": 1}',
        `{"scope": "run", "condition": ${long(500)}}`,
        `{"scope": "run", "condition": ${text('$.** < 1')}}`,
        `{"scope": "run", "target": ${long(1000)}}`,
        '{"scope": "run", "maxUses": 1e131071}',
        '{"scope": "run", "until": "infinity"}',
        '{"scope": "run", "until": "9999-12-31T23:59:59Z"}',
      ],
      grade: [
        '{"score": 2}',
        '{"score": 1e131071}',
        `{"score": 1, "note": ${long(2000)}}`,
        '{"score": 1}',
      ],
    },
  },
  'approvals.decideMany': {
    fields: '"decision": "approved"',
    hostile: { items: ['[]', '{}', `[{"id": ${text(turned)}, "version": 1}]`, `[${nested(200)}]`] },
  },
  'approvals.delegate': {
    fields: '"version": 1, "to": "operator:bo"',
    hostile: {
      to: [
        text(turned),
        long(200),
        long(300_000),
        text('operator:a\0b'),
        text('operator:bo\u200B'),
        text('agent:a'),
        text(''),
        '[]',
      ],
      reason: [long(2000), text('a\0b')],
    },
  },
  'approvals.escalate': {
    fields: '"version": 1, "to": ["operator:bo"]',
    hostile: {
      to: [
        '[]',
        `[${text(turned)}]`,
        `[${long(200)}]`,
        '[null]',
        `[${Array(21).fill('"operator:bo"').join()}]`,
        '["operator:bo", "operator:b\\u0000"]',
      ],
    },
  },
  'approvals.extend': {
    fields: '"version": 1, "until": "2999-01-01T00:00:00Z"',
    hostile: {
      until: [
        '"infinity"',
        '"2001-01-01T00:00:00Z"',
        '"294276-01-01T00:00:00Z"',
        text(turned),
        '1e131071',
        'null',
      ],
    },
  },
}

const cases = Object.entries(commands).flatMap(([path, { fields, hostile }]) =>
  Object.entries(hostile).map(([field, values]) => ({ path, field, fields, values })),
)

/** The last of two fields of one name counts: so the hostile one comes last. */
const bodyWith = (fields: string, field: string, value: string): string =>
  `{"id": ${text(id)}, ${fields}, "${field}": ${value}}`

test.each(cases)(
  '$path with a hostile $field is refused',
  async ({ path, field, fields, values }) => {
    const before = await state()
    for (const value of values) {
      const { status, text: told } = await send(path, bodyWith(fields, field, value))
      const sent = value.slice(0, 60)
      if (path === 'approvals.decideMany' && status === 200) continue
      expect([sent, status, told.slice(0, 300)]).toEqual([
        sent,
        expect.toSatisfy((code: number) => code >= 400 && code < 500),
        expect.any(String),
      ])
      // Whoever asked is told what was wrong, and not with all that they sent.
      expect(told.length).toBeLessThan(5000)
    }
    expect(await state()).toEqual(before)
  },
)

test('what only looks strange is taken as it is, and comes back as text', async () => {
  const body = bodyWith('"version": 1, "decision": "rejected"', 'reason', text(turned))
  const { status, text: told } = await send('approvals.decide', body)
  expect(status).toBe(200)
  const { result } = JSON.parse(told) as { result: { data: { decisionReason: string } } }
  expect(result.data.decisionReason).toBe(turned)
})

afterAll(() => {
  // A server that said so in its log had an error of its own.
  expect(server.logged.filter((line) => /error|stack/i.test(line))).toEqual([])
})
