import { randomUUID } from 'node:crypto'

import { roles, type Scope, scopes, scopesOfRole } from '@holdpoint/protocol'
import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { appRouter } from './router.ts'

const { as, db, startRun } = await askServer()
const run = await startRun()

// The only way to ask a tRPC router what it has; its types say nested, it is flat.
// oxlint-disable-next-line no-underscore-dangle
const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: string; meta?: { scope?: Scope } } }
>
const paths = Object.entries(procedures).map(
  ([
    path,
    {
      _def: { type, meta },
    },
  ]) => ({
    path,
    type,
    scope: meta?.scope,
  }),
)

async function call(caller: ReturnType<typeof as>, path: string): Promise<unknown> {
  const [noun = '', verb = ''] = path.split('.')
  const procedures = caller as unknown as Record<
    string,
    Record<string, (input: unknown) => unknown>
  >
  return procedures[noun]?.[verb]?.({
    id: run,
    agentId: 'a',
    pid: 1,
    decision: 'approved',
    reason: null,
    status: 'open',
  })
}

test('someone who may only look is refused every verb, and nothing is written', async () => {
  const reader = as('operator:guest', ['read'])
  const verbs = paths.filter(({ type }) => type === 'mutation')
  expect(verbs.length).toBeGreaterThanOrEqual(12)
  for (const { path } of verbs) {
    expect({ path, code: (await refusal(call(reader, path))).code }).toEqual({
      path,
      code: 'FORBIDDEN',
    })
  }
  const { rows } = await db.owner.query(
    `select from agent_audit_log where actor not like 'agent:%'`,
  )
  expect(rows).toHaveLength(0)
})

test.each(roles)(
  'a %s is refused all that this role may not do, before anything is read',
  async (role) => {
    const may: readonly Scope[] = scopesOfRole[role]
    const caller = as('operator:guest', may)
    for (const { path, scope } of paths) {
      if (scope === undefined) throw new Error(`${path} asks for no scope`)
      if (!may.includes(scope))
        expect([path, (await refusal(call(caller, path))).code]).toEqual([path, 'FORBIDDEN'])
    }
  },
)

test('a route that lets everything through does not help: the database asks again', async () => {
  const forged = as('operator:guest', scopes)
  const refused = [
    async () => forged.runs.pause({ id: run }),
    async () => forged.runs.kill({ id: run }),
    async () => forged.views.save({ name: 'x', search: 'state=paused' }),
    async () => forged.operators.add({ name: 'friend', roles: ['admin'] }),
    async () => forged.operators.change({ name: 'guest', roles: ['admin'] }),
    async () => forged.operators.link({ name: 'local' }),
    async () => forged.tokens.make({ name: 'mine', scopes: ['read'], days: null }),
  ]
  for (const act of refused) expect((await refusal(act())).code).toBe('FORBIDDEN')
  const nobody = as('operator:never-heard-of', scopes)
  expect((await refusal(nobody.runs.pause({ id: run }))).code).toBe('FORBIDDEN')
  const { rows } = await db.owner.query(
    `select from agent_audit_log where actor not like 'agent:%'`,
  )
  expect(rows).toHaveLength(0)
})

test('someone without the scope to look is told nothing', async () => {
  const nobody = as('operator:nobody', [])
  for (const { path } of paths) {
    expect((await refusal(call(nobody, path))).code).toBe('FORBIDDEN')
  }
})

test('the scope is asked for before the input is read', async () => {
  const reader = as('operator:guest', ['read'])
  expect((await refusal(reader.runs.pause({ id: 'nonsense' }))).code).toBe('FORBIDDEN')
})

test('unknown ids are not found, malformed ones are malformed', async () => {
  const operator = as('operator:maria', ['read', 'control', 'decide', 'isolate'])
  const id = randomUUID()
  expect((await refusal(operator.runs.get({ id }))).code).toBe('RUN_NOT_FOUND')
  expect((await refusal(operator.approvals.get({ id }))).code).toBe('APPROVAL_NOT_FOUND')
  expect(
    (await refusal(operator.approvals.decide({ id, version: 1, decision: 'approved' }))).code,
  ).toBe('APPROVAL_NOT_FOUND')
  expect((await refusal(operator.agents.isolate({ agentId: 'nobody' }))).code).toBe(
    'AGENT_NOT_FOUND',
  )
  expect((await operator.runs.events({ id })).events).toEqual([])
  const malformed = await operator.runs.get({ id: '1' }).catch((error: unknown) => error)
  expect(malformed).toBeInstanceOf(TRPCError)
  expect(malformed).toMatchObject({ code: 'BAD_REQUEST' })
})
