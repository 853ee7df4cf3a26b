import type { PolicySpec } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import type { PoolClient } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'

import { timesByDay } from './model/how-many.ts'
import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { awaiting, gating } from './support/gating.ts'
import { one } from './support/refusal.ts'

// Of the policies that fit a call one rules: the agent's before the skill's before anyone's; then the tool's own name before
// a beginning of it, and a longer one before a shorter; then the one that was saved last.
const db = await openContract()
const { gate, ungate } = gating(db)
afterEach(ungate)

interface Call {
  agent: string
  skill: string | null
  tool: string
}

/** In force, or no more: retired, or the earlier version of one that fits no call. */
interface Ruling {
  agentId: string | null
  skill: string | null
  tool: string | null
  state: 'current' | 'retired' | 'older'
}

const fits = ({ agentId, skill, tool, state }: Ruling, call: Call): boolean =>
  state === 'current' &&
  (agentId === null || agentId === call.agent) &&
  (skill === null || skill === call.skill) &&
  tool !== null &&
  (tool.endsWith('*') ? call.tool.startsWith(tool.slice(0, -1)) : tool === call.tool)

/** In words that sort: whatever is greater rules. */
const rank = ({ agentId, skill, tool }: Ruling, nth: number): string =>
  [
    agentId === null ? 0 : 1,
    skill === null ? 0 : 1,
    tool?.endsWith('*') ? 0 : 1,
    String(tool?.length).padStart(3, '0'),
    String(nth).padStart(3, '0'),
  ].join()

/** The name of the one that rules. */
function expectedFor(rulings: readonly Ruling[], call: Call): string | null {
  const fitting = rulings.flatMap((each, nth) => (fits(each, call) ? [rank(each, nth)] : []))
  const nth = fitting.toSorted().at(-1)?.split(',').at(-1)
  return nth === undefined ? null : `policy ${Number(nth)}`
}

const SAVE = `select policy ->> 'id' as id from save_policy($1, 'operator:root', $2, null, $3) as policy`

async function save(client: PoolClient, ruling: Ruling, nth: number): Promise<void> {
  const { state, ...of } = ruling
  const spec: PolicySpec = {
    ...of,
    name: `policy ${nth}`,
    ...(of.tool === null && { checkInSteps: 9 }),
  }
  const { id } = await one<{ id: string }>(client, SAVE, [null, spec, null])
  if (state === 'retired') await client.query(`select retire_policy($1, 'operator:root')`, [id])
  if (state === 'older') await client.query(SAVE, [id, { name: 'x', tool: 'no such tool' }, 1])
}

/** Which of these rules each call, by the database. Nothing of it stays. */
async function ruledBy(rulings: readonly Ruling[], calls: readonly Call[]) {
  const client = await db.admin.connect()
  try {
    await client.query('begin')
    for (const [nth, ruling] of rulings.entries()) await save(client, ruling, nth)
    const { rows } = await client.query<{ name: string | null }>(
      `select p.name from jsonb_to_recordset($1) as c(agent text, skill text, tool text),
         policy_for(c.agent, c.skill, c.tool) p`,
      [JSON.stringify(calls)],
    )
    return rows.map(({ name }) => name)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const calls = ['alpha', 'gamma'].flatMap((agent) =>
  [null, 'claims'].flatMap((skill) =>
    ['refund', 'refunds', 'reflect', 'mail'].map((tool): Call => ({ agent, skill, tool })),
  ),
)

const anyRuling: fc.Arbitrary<Ruling> = fc.record({
  agentId: fc.constantFrom(null, 'alpha', 'beta'),
  skill: fc.constantFrom(null, 'claims', 'gifts'),
  tool: fc.constantFrom('refund', 'refund', 'refunds', 'ref*', 'refund*', '*', null),
  state: fc.constantFrom('current', 'current', 'current', 'retired', 'older'),
})

test('the policy that rules a call is the most specific of those in force, whatever there is', async () => {
  const rulings = fc.array(anyRuling, { minLength: 2, maxLength: 7 })
  const property = fc.asyncProperty(rulings, async (these) => {
    const expected = calls.map((call) => expectedFor(these, call))
    expect(await ruledBy(these, calls)).toEqual(expected)
  })
  await fc.assert(property, { numRuns: timesByDay(50) })
})

test.each<[string, Omit<Ruling, 'state'>, Omit<Ruling, 'state'>]>([
  [
    'the agent’s, before the skill’s',
    { agentId: 'alpha', skill: null, tool: '*' },
    { agentId: null, skill: 'claims', tool: 'refund' },
  ],
  [
    'the skill’s, before anyone’s',
    { agentId: null, skill: 'claims', tool: '*' },
    { agentId: null, skill: null, tool: 'refund' },
  ],
  [
    'one for both, before the agent’s',
    { agentId: 'alpha', skill: 'claims', tool: '*' },
    { agentId: 'alpha', skill: null, tool: 'refund' },
  ],
  [
    'the tool’s own name, before a beginning of it',
    { agentId: null, skill: null, tool: 'refund' },
    { agentId: null, skill: null, tool: 'refund*' },
  ],
  [
    'a longer beginning, before a shorter',
    { agentId: null, skill: null, tool: 'refu*' },
    { agentId: null, skill: null, tool: 'ref*' },
  ],
])('%s, in whichever order they were saved', async (_, first, second) => {
  const call = { agent: 'alpha', skill: 'claims', tool: 'refund' }
  const [rules, yields] = [first, second].map((each): Ruling => ({ ...each, state: 'current' }))
  if (rules === undefined || yields === undefined) throw new Error('two are compared')
  expect(await ruledBy([rules, yields], [call])).toEqual(['policy 0'])
  expect(await ruledBy([yields, rules], [call])).toEqual(['policy 1'])
})

const call = async (skill: string | null, more: Record<string, unknown> = {}) =>
  agents.beginCall(
    db.alpha,
    await agents.startRun(db.alpha, skill === null ? {} : { skill }),
    agents.REFUND,
    more,
  )

describe('what the gate does', () => {
  test('is what the policy of the run’s skill says', async () => {
    await gate({ skill: 'claims' })
    expect(await call('claims')).toMatchObject(awaiting)
    expect(await call('gifts')).toMatchObject({ decision: 'allow' })
    expect(await call(null)).toMatchObject({ decision: 'allow' })
  })

  test('is what the one that rules says, also where another one would gate', async () => {
    await gate({ tool: '*' })
    await gate({ agentId: 'alpha', gate: false, name: 'trusted' })
    expect(await call(null)).toMatchObject({ decision: 'allow' })
    expect(await call(null, { tool: 'wire', key: 'w' })).toMatchObject(awaiting)
  })

  test('is asked of the one that rules: its condition, not that of a wider one', async () => {
    await gate({ tool: '*', autoApprove: '$.eur > 0' })
    await gate({ autoApprove: '$.eur < 5' })
    expect(await call(null)).toMatchObject(awaiting)
    expect(await call(null, { tool: 'wire', key: 'w' })).toMatchObject({ decision: 'allow' })
  })

  test('is what is in force: not what was retired, nor an earlier version', async () => {
    const first = await gate()
    await gate({ tool: 'wire' }, first)
    expect(await call(null)).toMatchObject({ decision: 'allow' })
    expect(await call(null, { tool: 'wire', key: 'w' })).toMatchObject(awaiting)
    await ungate()
    expect(await call(null, { tool: 'wire', key: 'w' })).toMatchObject({ decision: 'allow' })
  })
})
