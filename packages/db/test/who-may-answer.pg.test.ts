import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { fresh, person, secret } from './support/people.ts'
import { group, savePolicy } from './support/policies.ts'
import { one, outcomeOf } from './support/refusal.ts'

// What a person is told beforehand that they may answer is what the database then does: one rule, asked twice.
const db = await openContract()

const reviewer = await person(db.server, ['reviewer'])
const asked = await person(db.server, ['reviewer'])
const requester = await person(db.server, ['reviewer'])
const substitute = await person(db.server, ['reviewer'])
const elsewhere = await person(db.server, ['reviewer'], ['beta'])
const viewer = await person(db.server, ['viewer'])
const admin = await person(db.server, ['admin'])
const token = fresh('hand')
await db.server.query(`select make_token($1, $2, '{read,decide}', null, null, $3)`, [
  token,
  secret(),
  admin.actor,
])
// What the machine carries: nobody's hand.
const machine = fresh('machine')
await db.admin.query(
  `insert into api_tokens (name, token_hash, scopes) values ($1, $2, '{read,decide}')`,
  [machine, secret()],
)
const everyone = [
  ...[reviewer, asked, requester, elsewhere, viewer, admin].map(({ actor }) => actor),
  `token:${token}`,
  `token:${machine}`,
  'operator:nobody-of-that-name',
]

const two = group('two of us', 2, asked.name, admin.name)
await savePolicy(db.server, { name: 'wires', tool: 'wire', quorum: [two] })
await savePolicy(db.server, { name: 'pairs', tool: 'pair', quorum: [group('any', 2)] })
const step = { to: [`operator:${admin.name}`], afterS: 60 }
await savePolicy(db.server, { name: 'mails', tool: 'mail', quorum: [group('one', 1, asked.name)] })
await savePolicy(db.server, {
  name: 'posts',
  tool: 'post',
  quorum: [group('one', 1, asked.name)],
  expiresAfterS: 3600,
  onExpiry: 'escalate',
  escalation: [step],
})

type Columns = Record<string, unknown>
const request = async (columns: Columns): Promise<string> =>
  agents.writeRequest(db.alpha, await agents.startRun(db.alpha), columns)

const call = (tool: string): Columns => ({ tool, target: 'x', arguments: '{"eur": 5}' })
const requests: Readonly<Record<string, () => Promise<string>>> = {
  'plain SQL': async () => request({}),
  'a tool': async () => request(call('refund')),
  'one that a person asked for': async () =>
    request({ ...call('refund'), requested_by: requester.actor }),
  'one that allows no edits': async () =>
    request({ ...call('refund'), allowed: ['approve', 'reject'] }),
  'one that is only refused': async () => request({ ...call('refund'), allowed: ['reject'] }),
  'two of two': async () => request(call('wire')),
  'two of two, with one yes': async () => {
    const id = await request(call('wire'))
    await db.server.query(`select decide_approval($1, $2, 'approved')`, [id, asked.actor])
    return id
  },
  'any two': async () => request(call('pair')),
  'any two, with a yes of someone who was disabled since': async () => {
    const id = await request(call('pair'))
    const gone = await person(db.server, ['reviewer'])
    await db.server.query(`select decide_approval($1, $2, 'approved')`, [id, gone.actor])
    await db.server.query('select disable_operator($1, $2)', [gone.name, admin.actor])
    return id
  },
  'one that was handed on': async () => {
    const id = await request(call('refund'))
    await hand(id, reviewer, asked)
    return id
  },
  'one that was handed on, and back': async () => {
    const id = await request(call('refund'))
    await hand(id, reviewer, asked)
    await hand(id, asked, reviewer)
    return id
  },
  'one that went in a circle': async () => {
    const id = await request(call('pair'))
    await hand(id, reviewer, asked)
    await hand(id, asked, requester)
    await hand(id, requester, reviewer)
    return id
  },
  'one that an administrator asked about again': async () => {
    const id = await request(call('refund'))
    await hand(id, reviewer, asked)
    await db.server.query('select escalate_approval($1, $2, array[$3])', [
      id,
      admin.actor,
      reviewer.actor,
    ])
    return id
  },
  'two of two, one of whom handed on': async () => {
    const id = await request(call('wire'))
    await hand(id, asked, reviewer)
    return id
  },
  'one of one, handed on, with a next step': async () => {
    const id = await request(call('post'))
    await hand(id, asked, reviewer)
    return id
  },
  'one that an administrator handed on': async () => {
    const id = await request(call('refund'))
    await hand(id, admin, reviewer)
    return id
  },
  'one of one': async () => request(call('mail')),
  'one of one, with a next step': async () => request(call('post')),
  'one that has expired and is held': async () => {
    const id = await request({ ...call('refund'), on_expiry: 'hold' })
    await expire(id)
    return id
  },
  'one that has expired and is closed': async () => {
    const id = await request({ ...call('refund'), on_expiry: 'reject' })
    await expire(id)
    return id
  },
  'one that is decided': async () => {
    const id = await request(call('refund'))
    await db.server.query(`select decide_approval($1, $2, 'rejected')`, [id, admin.actor])
    return id
  },
}

async function hand(id: string, from: { actor: string }, to: { actor: string }): Promise<void> {
  await db.server.query('select delegate_approval($1, $2, $3)', [id, from.actor, to.actor])
}

async function expire(id: string): Promise<void> {
  await db.owner.query(
    `update approval_queue set expires_at = clock_timestamp() - interval '1 ms' where approval_id = $1`,
    [id],
  )
  await db.server.query('select expire_approvals()')
}

/** Each answer as the server gives it, for the version that stands. */
const acts: Readonly<Record<string, string>> = {
  approve: `decide_approval($1, $2, 'approved')`,
  edit: `decide_approval($1, $2, 'approved', edited => '{"eur": 4}')`,
  reject: `decide_approval($1, $2, 'rejected')`,
  further: `decide_approval($1, $2, 'approved', further => '{"scope": "run"}')`,
  delegate: `delegate_approval($1, $2, '${substitute.actor}')`,
  escalate: `escalate_approval($1, $2, case when $3 then null else array['${substitute.actor}'] end)`,
  extend: `extend_approval($1, $2, clock_timestamp() + interval '2 hours')`,
}

/** What becomes of an act; it is rolled back. */
async function tried(id: string, actor: string, answer: string, step = false): Promise<boolean> {
  const client = await db.server.connect()
  const sql = `select ${acts[answer] ?? ''}`
  const values = answer === 'escalate' ? [id, actor, step] : [id, actor]
  try {
    await client.query('begin')
    return (await outcomeOf(client.query(sql, values))) === 'accepted'
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const told = async (id: string, actor: string) =>
  one<{ answers: Record<string, string | null> }>(
    db.server,
    'select answers_of($1, $2) as answers',
    [id, actor],
  ).then(({ answers }) => answers)

/** What many that are answered together would meet, by the same words. */
const dryRun = async (id: string, actor: string) =>
  one<{ approved: string | null; rejected: string | null }>(
    db.server,
    `select why_not_answer($1, $2, 'approved') as approved, why_not_answer($1, $2, 'rejected') as rejected`,
    [id, actor],
  )

describe('what a person is told that they may answer is what they may', () => {
  for (const [name, make] of Object.entries(requests)) {
    test(`for ${name}`, async () => {
      const id = await make()
      for (const actor of everyone) {
        const answers = await told(id, actor)
        expect(Object.keys(answers).toSorted()).toEqual(Object.keys(acts).toSorted())
        for (const answer of Object.keys(acts)) {
          const done =
            (await tried(id, actor, answer)) ||
            (answer === 'escalate' && (await tried(id, actor, answer, true)))
          expect([actor, answer, answers[answer]]).toEqual([
            actor,
            answer,
            done ? null : expect.any(String),
          ])
        }
        expect([actor, await dryRun(id, actor)]).toEqual([
          actor,
          { approved: answers['approve'], rejected: answers['reject'] },
        ])
      }
    })
  }
})

test('what bars someone is said in words that fit them', async () => {
  const wire = await request(call('wire'))
  const own = await request({ ...call('refund'), requested_by: requester.actor })
  expect(await told(wire, reviewer.actor)).toMatchObject({
    approve: 'You are not among those who are asked.',
    edit: 'You are not among those who are asked.',
    further: 'You are not among those who are asked.',
    reject: null,
  })
  expect((await told(own, requester.actor))['reject']).toMatch(/behind this request/)
  expect((await told(own, requester.actor))['delegate']).toMatch(/behind this request/)
  await hand(own, reviewer, asked)
  const handed = 'You have handed it on: someone else answers it, unless it is handed back to you.'
  expect(await told(own, reviewer.actor)).toEqual({
    approve: handed,
    edit: handed,
    reject: handed,
    further: handed,
    delegate: handed,
    escalate: handed,
    extend: handed,
  })
  expect((await told(own, elsewhere.actor))['reject']).toMatch(/you may act on beta only/)
  expect((await told(own, viewer.actor))['reject']).toMatch(/takes a reviewer/)
  expect((await told(wire, `token:${token}`))['approve']).toBeNull()
})

test('a dry run names those that would be refused because of whom they are about', async () => {
  const id = await request(call('refund'))
  const why = async (actor: string) =>
    one<{ why: string | null }>(db.server, `select why_not_answer($1, $2, 'approved') as why`, [
      id,
      actor,
    ]).then((row) => row.why)
  expect(await why(elsewhere.actor)).toMatch(/you may act on beta only/)
  expect(await why(viewer.actor)).toMatch(/takes a reviewer/)
  expect(await why(reviewer.actor)).toBeNull()
})
