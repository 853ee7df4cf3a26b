import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import { hostileJson, list, long, nested, strange } from './support/hostile.ts'
import * as operators from './support/operators.ts'
import { person } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Huge, hidden, turned and endless: in every field that an agent or a person writes about a request. Refused, and then
// nothing has changed; or kept exactly as it was given.
const db = await openContract()
const other = await person(db.server, ['reviewer'])

/** Refused in our words, or as text, number, time or JSON that no column can hold. */
const refused = /^(HP\d{3}|22\w{3}|235\d\d|54001)$/

const words = ['requested_by', 'tool', 'target', 'digest', 'agent_reason'] as const
const most = {
  requested_by: 200,
  tool: 200,
  target: 1000,
  digest: 200,
  agent_reason: 4000,
} as const
const chosen = ['kind', 'risk', 'on_expiry'] as const
const jsons = ['arguments', 'arguments_schema', 'consequence'] as const
const times = ['requested_at', 'expires_at'] as const
const lists = ['allowed', 'assignees'] as const
const typed = ['approval_id', 'workflow_id', 'reversible'] as const

/** Each field with what nobody should write into it. */
const hostile: Readonly<Record<string, readonly (string | null)[]>> = {
  ...Object.fromEntries(words.map((name) => [name, [long(most[name]), long(1_000_000), 'a\0b']])),
  ...Object.fromEntries(chosen.map((name) => [name, [long(1000), strange, '', 'a\0b']])),
  ...Object.fromEntries(jsons.map((name) => [name, hostileJson])),
  ...Object.fromEntries(
    times.map((name) => [
      name,
      ['infinity', '-infinity', '0044-03-15 BC', '294276-12-31', '10000-01-01', 'soon', ''],
    ]),
  ),
  allowed: [
    list('approve', 100_000),
    '{{approve},{reject}}',
    '{reject,NULL}',
    '{}',
    `{reject,"${strange}"}`,
    list('reject', 4),
  ],
  assignees: [
    list('operator:ana', 100_000),
    `{${long(20_000)}}`,
    '{{operator:ana},{operator:bo}}',
    '{operator:ana,NULL}',
    null,
  ],
  approval_id: ['1', strange],
  workflow_id: ['1', strange],
  reversible: ['perhaps', strange],
}

test('every column that an agent may write is attacked', async () => {
  const attacked = [...words, ...chosen, ...jsons, ...times, ...lists, ...typed]
  expect(attacked.toSorted()).toEqual(await agents.columnsOfRequests(db.admin))
  expect(Object.keys(hostile).toSorted()).toEqual(attacked.toSorted())
})

describe('what an agent asks for, with a hostile', () => {
  test.each(Object.entries(hostile))('%s, is refused and the run goes on', async (name, values) => {
    const run = await agents.startPlain(db.alpha)
    for (const value of values) {
      const outcome = await outcomeOf(
        agents.writeRequest(db.alpha, run, { tool: 'refund', [name]: value }),
      )
      expect([name, value?.slice(0, 60), outcome]).toEqual([
        name,
        value?.slice(0, 60),
        expect.stringMatching(refused),
      ])
    }
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual([])
    await agents.writeStep(db.alpha, run, 'on')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('text that only looks strange is kept as it is, and is no way around anything', async () => {
    const run = await agents.startPlain(db.alpha)
    const kept = {
      ...Object.fromEntries(words.map((name) => [name, strange])),
      arguments: JSON.stringify({ [strange]: strange }),
      consequence: JSON.stringify(strange),
      arguments_schema: JSON.stringify([strange]),
      assignees: `{"${strange}"}`,
    }
    // A digest is worked out, so another one is a lie.
    const { digest: _, ...without } = kept as Record<string, string>
    const id = await agents.writeRequest(db.alpha, run, without)
    const row = await one<Record<string, unknown>>(
      db.admin,
      'select * from approval_queue where approval_id = $1',
      [id],
    )
    for (const name of words.filter((each) => each !== 'digest'))
      expect([name, row[name]]).toEqual([name, strange])
    expect(row).toMatchObject({
      arguments: { [strange]: strange },
      consequence: strange,
      arguments_schema: [strange],
      assignees: [strange],
    })
    expect(await outcomeOf(operators.decide(db.server, id))).toBe('accepted')
  })
})

const json = (value: unknown): string => JSON.stringify(value)
const farther = { scope: 'agent', condition: '$.eur < 20', maxUses: 1, until: '2999-01-01' }
const soon = new Date(Date.now() + 3_600_000).toISOString()
const standing = (more: object): string => json({ ...farther, until: soon, ...more })
const deciding = (more: string): string =>
  `select decide_approval($1, 'operator:ana', 'approved', ${more})`

/** A person's act with one field that nobody should write. `$2` is it. */
const acts: Readonly<Record<string, readonly [sql: string, values: readonly (string | null)[]]>> = {
  'the actor': [
    `select decide_approval($1, $2, 'approved')`,
    [
      long(200),
      long(1_000_000),
      strange,
      'a\0b',
      '',
      null,
      'operator:ana\u200B',
      'operator:ANA',
      ' operator:ana',
    ],
  ],
  'the verdict': [
    `select decide_approval($1, 'operator:ana', $2)`,
    [long(1_000_000), strange, '', null, 'APPROVED'],
  ],
  'the reason': [
    `select decide_approval($1, 'operator:ana', 'approved', $2)`,
    [long(2000), long(1_000_000), 'a\0b'],
  ],
  'the version': [
    deciding('null, $2::integer'),
    ['-1', '0', '2147483647', '2147483648', '1e9', strange],
  ],
  'edited arguments': [deciding('edited => $2::jsonb'), hostileJson],
  'a standing approval': [
    deciding('further => $2::jsonb'),
    [
      '[]',
      '"run"',
      '{}',
      '{"scope": "all"}',
      nested(101),
      '{"scope": "run", "more": 1}',
      ...[long(500), '$.** < 1', strange, '', 'strict $.eur < 1'].map((condition) =>
        standing({ condition }),
      ),
      standing({ target: long(1000) }),
      ...[0, -1, 1001, 1e9, 1.5, 'x', strange].map((maxUses) => standing({ maxUses })),
      ...['infinity', '-infinity', '2999-01-01', '2001-01-01', 'soon', strange].map((until) =>
        standing({ until }),
      ),
    ],
  ],
  'a person to delegate to': [
    `select delegate_approval($1, 'operator:ana', $2)`,
    [
      long(200),
      long(1_000_000),
      strange,
      'a\0b',
      '',
      null,
      'operator:',
      'operator:bo\u200B',
      'operator:bo bo',
      'agent:alpha',
    ],
  ],
  'the reason for delegating': [
    `select delegate_approval($1, 'operator:ana', '${other.actor}', $2)`,
    [long(2000), 'a\0b'],
  ],
  'people to escalate to': [
    `select escalate_approval($1, 'operator:ana', $2::text[])`,
    [
      list('operator:bo', 100_000),
      `{${long(10_000)}}`,
      '{NULL}',
      '{}',
      `{"${strange}"}`,
      '{operator:bo,""}',
      '{{operator:bo},{operator:cy}}x',
    ],
  ],
  'a new deadline': [
    `select extend_approval($1, 'operator:ana', $2::timestamptz)`,
    ['infinity', '-infinity', '2001-01-01', '294276-12-31', '10000-01-01', 'soon', null],
  ],
}

/** Acts about an output. */
const grades = [
  '[]',
  '1',
  '{}',
  nested(101),
  `{"score": 1, "more": "${long(10)}"}`,
  ...[-0.1, 1.1, 1e300, '1', null].map((score) => json({ score })),
  '{"score": 1e131071}',
  '{"score": -1e131071}',
  ...[long(100), 7, {}].map((label) => json({ score: 1, label })),
  ...[long(2000), [], true].map((note) => json({ score: 1, note })),
  '{"score": 1, "note": "a\\u0000b"}',
]

async function attacked(
  id: string,
  sql: string,
  values: readonly (string | null)[],
): Promise<void> {
  const read = async () =>
    one(db.admin, 'select * from approval_queue where approval_id = $1', [id])
  const before = await read()
  for (const value of values) {
    const outcome = await outcomeOf(db.server.query(sql, [id, value]))
    expect([value?.slice(0, 60), outcome]).toEqual([
      value?.slice(0, 60),
      expect.stringMatching(refused),
    ])
  }
  expect(await read()).toEqual(before)
  const votes = await db.admin.query('select from approval_votes where approval_id = $1', [id])
  expect(votes.rowCount).toBe(0)
}

describe('what a person says of a request, with a hostile', () => {
  test.each(Object.entries(acts))('%s, changes nothing', async (_, [sql, values]) => {
    const run = await agents.startRun(db.alpha)
    const id = await agents.askFor(db.alpha, run)
    await attacked(id, sql, values)
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
    expect(await outcomeOf(operators.decide(db.server, id))).toBe('accepted')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('grade, changes nothing', async () => {
    const run = await agents.startRun(db.alpha)
    const id = await agents.askFor(db.alpha, run, { kind: 'output', tool: 'report' })
    await attacked(id, deciding('grade => $2::jsonb'), grades)
  })

  test('reason that only looks strange, is kept as it is', async () => {
    const run = await agents.startRun(db.alpha)
    const id = await agents.askFor(db.alpha, run)
    await db.server.query(`select decide_approval($1, 'operator:ana', 'rejected', $2)`, [
      id,
      strange,
    ])
    await agents.setStatus(db.alpha, run, 'running')
    const { why } = await agents.beginCall(db.alpha, run)
    expect(why).toBe(`operator:ana said no: ${strange}`)
  })
})
