import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { ADA, person, token } from './support/people.ts'
import { outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'
import { tryVerb } from './verbs/verb.ts'
import { verbs } from './verbs/verbs.ts'

// Whoever acts is somebody, may do this, and may do it to this agent: whatever the server's routes ask or forget.
const db = await openContract()

const does = async (name: string, actor: string): Promise<string> => {
  const verb = verbs[name]
  if (verb === undefined) throw new Error(`There is no verb ${name}.`)
  return tryVerb(db, verb, actor)
}

test('roles add up', async () => {
  const { actor } = await person(db.server, ['operator', 'reviewer'])
  expect(await does('pause_run', actor)).toBe('accepted')
  expect(await does('decide_approval', actor)).toBe('accepted')
  expect(await does('add_operator', actor)).toBe('HP030')
})

test('nobody acts under a name that is not a person of this place', async () => {
  const strangers = ['operator:stranger', 'agent:alpha', 'supervisor', 'token:none', 'login:x', 'x']
  for (const actor of strangers) {
    expect([actor, await does('pause_run', actor)]).toEqual([actor, 'HP030'])
  }
})

test('what was refused left nothing: no change, no audit row', async () => {
  const { actor } = await person(db.server, ['viewer'])
  const run = await agents.startPlain(db.alpha)
  expect(await outcomeOf(operators.pause(db.server, run, actor))).toBe('HP030')
  expect((await operators.runOf(db.admin, run)).status).toBe('running')
  const { rows } = await db.admin.query('select from agent_audit_log where actor = $1', [actor])
  expect(rows).toEqual([])
})

describe('someone limited to some agents', () => {
  test('commands these and no others', async () => {
    const { actor } = await person(db.server, ['operator', 'reviewer'], ['beta'])
    expect(await does('pause_run', actor)).toBe('HP030')
    expect(await does('decide_approval', actor)).toBe('HP030')
    const isolating = operators.isolate(db.server, 'beta', actor)
    expect(await outcomeOf(isolating)).toBe('accepted')
    await db.server.query(`select release_agent('beta', $1, null)`, [ADA])
    const run = await agents.startPlain(db.beta, { agent: 'beta' })
    expect(await outcomeOf(operators.pause(db.server, run, actor))).toBe('accepted')
  })

  test('kills no run whose children are of another agent, and then not the run either', async () => {
    const { actor } = await person(db.server, ['operator'], ['alpha'])
    const run = await agents.startPlain(db.alpha)
    await db.admin.query(
      `insert into workflow_checkpoints (workflow_id, agent_id, parent_id) values (gen_random_uuid(), 'beta', $1)`,
      [run],
    )
    expect(await outcomeOf(operators.kill(db.server, run, actor))).toBe('HP030')
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
  })

  test('is no administrator', async () => {
    expect(await outcomeOf(person(db.server, ['admin'], ['alpha']))).toBe('23514')
    expect(await outcomeOf(token(db.server, ['administer'], ['alpha']))).toBe('23514')
  })
})

describe('people', () => {
  test('are not disabled by themselves', async () => {
    expect(await outcomeOf(db.server.query(`select disable_operator('ada', 'operator:ada')`))).toBe(
      'HP015',
    )
  })

  test('who disable each other at once do not both succeed', async () => {
    const [first, other] = [await person(db.server, ['admin']), await person(db.server, ['admin'])]
    const disable = 'select disable_operator($1, $2)'
    const outcome = await behind(
      db.admin,
      { pool: db.server, work: async (c) => c.query(disable, [other.name, first.actor]) },
      {
        pool: db.server,
        work: async (c) => outcomeOf(c.query(disable, [first.name, other.actor])),
      },
    )
    expect(outcome).toBe('HP030')
  })

  test('always have an administrator, whoever disables or changes whom', async () => {
    const { rows } = await db.admin.query<{ name: string }>(
      `select name from operators where 'admin' = any (roles) and disabled_at is null and name <> 'ada'`,
    )
    for (const { name } of rows) {
      await db.server.query('select disable_operator($1, $2)', [name, ADA])
    }
    const change = db.server.query(`select change_operator('ada', '{operator}', null, null, $1)`, [
      ADA,
    ])
    expect(await outcomeOf(change)).toBe('HP015')
  })
})
