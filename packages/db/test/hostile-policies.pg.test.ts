import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { hostileJson, long, nested, strange } from './support/hostile.ts'
import { outcomeOf } from './support/refusal.ts'

// A policy that cannot be meant is not kept, whichever of its parts it is; and none of the kept ones is changed by trying.
const db = await openContract()

const text = (value: unknown): string => JSON.stringify(value)
const group = (more: object): string => text([{ name: 'g', count: 1, ...more }])
const step = (more: object): string => text([{ to: ['operator:ana'], afterS: 60, ...more }])
const noNumber = ['"soon"', '[]', '{}', '1e131071', '-1e131071', 'true']

/** Each part with what nobody should write into it, as JSON. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  name: [text(''), text(long(100)), text(long(1_000_000)), 'null', '"a\\u0000"'],
  agentId: [text(long(200)), text(long(1_000_000)), '"a\\u0000"'],
  skill: [text(long(200)), text(long(1_000_000)), '"a\\u0000"'],
  tool: [text(''), text(long(200)), text(long(1_000_000)), 'null', '"a\\u0000"'],
  gate: ['"perhaps"', '{}', '[]', '2'],
  fourEyes: ['"perhaps"', '{}', '[]', '2'],
  autoApprove: ['""', '{}', text(strange), text(long(500)), '"$.** < 1"', '"strict $.a < 1"'],
  quorum: [
    '[]',
    '{}',
    '"two"',
    '7',
    text([1]),
    text([[]]),
    nested(101),
    ...[0, -1, 11, 1.5, '1', 1e300].map((count) => group({ count })),
    ...['', long(100), 7].map((name) => group({ name })),
    ...[[], 'ana', [1], [null], Array<string>(101).fill('operator:ana')].map((members) =>
      group({ members }),
    ),
    group({ more: 1 }),
    text(Array.from({ length: 6 }, () => ({ name: 'g', count: 1 }))),
  ],
  expiresAfterS: ['0', '-1', '1.5', '31536001', '2147483648', ...noNumber],
  onExpiry: [text('approve'), text(strange), text(''), '7', '[]', text('reject')],
  escalation: [
    '[]',
    '{}',
    '"ana"',
    text([1]),
    nested(101),
    ...[[], 'ana', [1], [null], Array<string>(21).fill('operator:ana')].map((to) => step({ to })),
    ...[0, -1, 1.5, 1e9, 'soon', null].map((afterS) => step({ afterS })),
    step({ more: 1 }),
    text(Array.from({ length: 6 }, () => ({ to: ['operator:ana'], afterS: 60 }))),
  ],
  checkInHours: ['0', '-1', '8761', ...noNumber],
  checkInSteps: ['0', '-1', '1.5', '2147483648', ...noNumber],
  somethingElse: ['1', 'null', text(long(100_000))],
}

const save = async (spec: string): Promise<string> =>
  outcomeOf(db.server.query(`select save_policy(null, 'operator:root', $1::jsonb)`, [spec]))

test.each(Object.entries(hostile))('%s', async (part, values) => {
  for (const value of values) {
    const sound: Record<string, string> = { name: '"sound"', tool: '"refund"' }
    const parts = Object.entries({ ...sound, [part]: value })
    const outcome = await save(`{${parts.map(([name, of]) => `"${name}": ${of}`).join()}}`)
    const tried = value.slice(0, 80)
    expect([tried, outcome]).toEqual([
      tried,
      expect.stringMatching(/^(HP010|HP016|22\w{3}|23514)$/),
    ])
  }
  const { rowCount } = await db.admin.query('select from approval_policies')
  expect(rowCount).toBe(0)
})

test('the whole of it', async () => {
  for (const spec of [...hostileJson, 'null', '[]', '"policy"', '7', '{}'])
    expect(await save(spec)).toMatch(/^(HP010|HP016|22\w{3}|54001)$/)
})

test('a name that only looks strange is kept as it is', async () => {
  expect(await save(text({ name: strange, tool: strange, skill: strange }))).toBe('accepted')
  const { rows } = await db.admin.query('select name, tool, skill from approval_policies')
  expect(rows).toEqual([{ name: strange, tool: strange, skill: strange }])
})
