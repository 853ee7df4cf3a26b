import { scopesOfRole } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { ADA, fresh, person, secret, signIn, token } from './support/people.ts'
import { outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Whoever acts is somebody, may do this, and may do it to this agent: whatever the server's routes ask or forget.
const db = await openContract()

/** Each verb with the scope that it needs. */
const verbs = {
  pause: {
    scope: 'control',
    act: async (actor: string) =>
      operators.pause(db.server, await agents.startPlain(db.alpha), actor),
  },
  resume: {
    scope: 'control',
    act: async (actor: string) => {
      const run = await agents.startPlain(db.alpha)
      await operators.pause(db.server, run)
      return operators.resume(db.server, run, actor)
    },
  },
  kill: {
    scope: 'control',
    act: async (actor: string) =>
      operators.kill(db.server, await agents.startPlain(db.alpha), actor),
  },
  'raise limits': {
    scope: 'control',
    act: async (actor: string) =>
      operators.raise(db.server, await agents.startPlain(db.alpha), { steps: 9 }, actor),
  },
  'save a view': {
    scope: 'control',
    act: async (actor: string) =>
      db.server.query('select save_view($1, $2, $3)', [fresh('view'), 'state=paused', actor]),
  },
  approve: {
    scope: 'decide',
    act: async (actor: string) => {
      const run = await agents.startPlain(db.alpha)
      return operators.decide(
        db.server,
        await agents.requestApproval(db.alpha, run),
        'approved',
        actor,
      )
    },
  },
  isolate: {
    scope: 'isolate',
    act: async (actor: string) => {
      try {
        return await operators.isolate(db.server, 'beta', actor)
      } finally {
        await outcomeOf(db.server.query(`select release_agent('beta', $1, null)`, [ADA]))
      }
    },
  },
  'add a person': {
    scope: 'administer',
    act: async (actor: string) =>
      db.server.query('select add_operator($1, $2, null, null, $3)', [
        fresh('added'),
        ['viewer'],
        actor,
      ]),
  },
  'change a person': {
    scope: 'administer',
    act: async (actor: string) => {
      const { name } = await person(db.server, ['viewer'])
      return db.server.query('select change_operator($1, $2, null, null, $3)', [
        name,
        ['admin'],
        actor,
      ])
    },
  },
  'disable a person': {
    scope: 'administer',
    act: async (actor: string) => {
      const { name } = await person(db.server, ['viewer'])
      return db.server.query('select disable_operator($1, $2)', [name, actor])
    },
  },
  'make a link': {
    scope: 'administer',
    act: async (actor: string) =>
      db.server.query(`select make_sign_in_link($1, 'tom', 1, $2)`, [secret(), actor]),
  },
  'make a token': {
    scope: 'administer',
    act: async (actor: string) =>
      db.server.query(`select make_token($1, $2, '{read}', null, null, $3)`, [
        fresh('made'),
        secret(),
        actor,
      ]),
  },
  "end another's session": {
    scope: 'administer',
    act: async (actor: string) => {
      await signIn(db.server, 'tom')
      return db.server.query(`select end_sign_ins('tom', $1)`, [actor])
    },
  },
} satisfies Record<string, { scope: string; act: (actor: string) => Promise<unknown> }>

const names = Object.keys(verbs) as (keyof typeof verbs)[]

describe.each(['viewer', 'operator', 'reviewer', 'admin'] as const)('as %s', (role) => {
  const may: readonly string[] = scopesOfRole[role]

  test.each(names)('%s', async (verb) => {
    const { actor } = await person(db.server, [role])
    const { scope, act } = verbs[verb]
    expect(await outcomeOf(act(actor))).toBe(may.includes(scope) ? 'accepted' : 'HP030')
  })
})

test('roles add up', async () => {
  const { actor } = await person(db.server, ['operator', 'reviewer'])
  expect(await outcomeOf(verbs.pause.act(actor))).toBe('accepted')
  expect(await outcomeOf(verbs.approve.act(actor))).toBe('accepted')
  expect(await outcomeOf(verbs['add a person'].act(actor))).toBe('HP030')
})

test('nobody acts under a name that is not a person of this place', async () => {
  const strangers = ['operator:stranger', 'agent:alpha', 'supervisor', 'token:none', 'login:x', 'x']
  for (const actor of strangers) {
    expect([actor, await outcomeOf(verbs.pause.act(actor))]).toEqual([actor, 'HP030'])
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
    expect(await outcomeOf(verbs.pause.act(actor))).toBe('HP030')
    expect(await outcomeOf(verbs.approve.act(actor))).toBe('HP030')
    expect(await outcomeOf(verbs.isolate.act(actor))).toBe('accepted')
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
