import { auditActs, roles, scopes, scopesOfRole } from '@holdpoint/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { ADA, person, token } from './support/people.ts'
import { outcomeOf } from './support/refusal.ts'
import { closeSessions } from './verbs/of-agents.ts'
import { type Verb, tryVerb } from './verbs/verb.ts'
import { verbs } from './verbs/verbs.ts'

// Every act of a person, as everybody: the database does it for those who may, and for nobody else, whichever route called.
const db = await openContract()
afterAll(closeSessions)

/** What the server does by itself, in nobody's name. */
const ownWork = `
  blocking_sessions claim_notifications collect_notifications count_history expire_approvals
  find_drift_work forget_old_notifications hold_for_check_in look_for_people make_event_partitions may_try_identity note_seen
  password_salt record_drift record_fleet_sample refuse_identity settle_notification show_drift sign_in_with_identity sign_in_with_password
  sweep_lost_runs tend_loop use_sign_in_link`

interface Callable {
  readonly name: string
  readonly byPerson: boolean
}

/** What changes something and may be called by the server: with an actor it is somebody's act. */
async function callable(): Promise<Callable[]> {
  const { rows } = await db.admin.query<Callable>(
    `select proname as name, 'actor' = any (coalesce(proargnames, '{}')) as "byPerson" from pg_proc
      where pronamespace = current_schema()::regnamespace and prosecdef and provolatile = 'v'
        and has_function_privilege('holdpoint_server', oid, 'execute') order by proname collate "C"`,
  )
  return rows
}

test('every function that a person’s act may call has its line below', async () => {
  const all = await callable()
  const of = (byPerson: boolean) =>
    all.filter((each) => each.byPerson === byPerson).map(({ name }) => name)
  expect(of(true)).toEqual(Object.keys(verbs).toSorted())
  expect(of(false)).toEqual(ownWork.trim().split(/\s+/))
})

const every = Object.entries<Verb>(verbs)

const auditedOf = async (actor: string): Promise<number | null> =>
  (await db.admin.query('select from agent_audit_log where actor = $1', [actor])).rowCount

describe.each(roles)('as %s', (role) => {
  const may: readonly string[] = scopesOfRole[role]

  test.each(every)('%s', async (_, verb) => {
    const { actor } = await person(db.server, [role])
    const expected = may.includes(verb.scope) ? 'accepted' : 'HP030'
    expect(await tryVerb(db, verb, actor)).toBe(expected)
    // What was refused left nothing; what was done says by whom.
    expect((await auditedOf(actor)) === 0).toBe(expected !== 'accepted')
  })
})

describe('as nobody', () => {
  const actors = ['agent:alpha', 'holdpoint', 'login:x', 'operator:never-heard-of', 'x', '']
  beforeAll(async () => {
    const gone = await person(db.server, ['admin'])
    await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
    const looks = await token(db.server, ['read'])
    const revoked = await token(db.server, scopes)
    await db.server.query('select revoke_token($1, $2)', [revoked.name, ADA])
    actors.push(gone.actor, looks.actor, revoked.actor)
  })

  test.each(every)('%s', async (_, { ready }) => {
    const [sql, ...values] = await ready(db, 'operator:never-heard-of')
    for (const actor of actors) {
      const outcome = await outcomeOf(db.server.query(sql, [actor, ...values]))
      expect([actor, outcome]).toEqual([actor, actor === '' ? 'HP010' : 'HP030'])
    }
  })
})

describe('as someone who may act on another agent only', () => {
  test.each(every.filter(([, { ofAlpha }]) => ofAlpha))('%s', async (_, verb) => {
    const { actor } = await person(db.server, ['operator', 'reviewer'], ['beta'])
    expect(await tryVerb(db, verb, actor)).toBe('HP030')
    const of = await person(db.server, ['operator', 'reviewer'], ['alpha'])
    expect(await tryVerb(db, verb, of.actor)).toBe('accepted')
  })
})

test('all that they did stands in the log under a name that screens have words for', async () => {
  const { rows } = await db.admin.query<{ action: string }>(
    `select distinct action from agent_audit_log where actor not like 'agent:%' order by 1`,
  )
  const did = rows.map(({ action }) => action)
  expect(did.length).toBeGreaterThan(40)
  const known: readonly string[] = auditActs
  expect(did.filter((action) => !known.includes(action))).toEqual([])
})
