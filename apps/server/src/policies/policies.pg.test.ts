import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { as, db, operator, startRun } = await askServer()

const spec = { name: 'refunds', tool: 'refund', autoApprove: '$.eur <= 20' }

test('a policy is made, changed by whoever looked at it last, and retired; each version is kept', async () => {
  const first = await operator.policies.save({ spec, reason: 'to begin with' })
  expect(first).toMatchObject({ ...spec, version: 1, gate: true, createdBy: 'operator:maria' })
  const second = await operator.policies.save({ of: first, spec: { ...spec, autoApprove: null } })
  expect(second).toMatchObject({ id: first.id, version: 2, autoApprove: null })
  const late = await refusal(operator.policies.save({ of: first, spec }))
  expect(late.code).toBe('STALE_VERSION')
  expect(await operator.policies.list()).toEqual([second])
  await operator.policies.retire({ id: first.id })
  expect(await operator.policies.list()).toEqual([])
  const versions = await operator.policies.versions({ id: first.id })
  expect(versions.map(({ version, current }) => [version, current])).toEqual([
    [2, false],
    [1, false],
  ])
  expect((await refusal(operator.policies.retire({ id: first.id }))).code).toBe('POLICY_NOT_FOUND')
})

test('whoever decides does not set the rules', async () => {
  const reviewer = as('operator:rita', ['read', 'decide'])
  expect((await refusal(reviewer.policies.save({ spec }))).code).toBe('FORBIDDEN')
})

test('a yes that stands for more is shown as long as it does', async () => {
  const run = await startRun()
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments) values ($1, 'a', 'mail', '{}') returning approval_id as id`,
    [run],
  )
  const id = rows[0]?.id ?? ''
  await operator.approvals.decide({
    id,
    version: 1,
    decision: 'approved',
    further: { scope: 'run' },
  })
  const found = await operator.approvals.standing({ runId: run })
  expect(found.rows).toMatchObject([{ runId: run, tool: 'mail', uses: 0, inForce: true }])
  await operator.approvals.revokeStanding({ id: found.rows[0]?.id ?? '' })
  expect((await operator.approvals.standing({ runId: run })).rows).toEqual([])
  const all = await operator.approvals.standing({ runId: run, inForce: false })
  expect(all.rows).toMatchObject([{ inForce: false, revokedBy: 'operator:maria' }])
})

test('votes, and who is still asked, come with the request', async () => {
  const policy = await operator.policies.save({
    spec: { name: 'two', tool: 'wire', quorum: [{ name: 'any two', count: 2 }] },
  })
  const run = await startRun()
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments) values ($1, 'a', 'wire', '{}') returning approval_id as id`,
    [run],
  )
  const id = rows[0]?.id ?? ''
  const voted = await operator.approvals.decide({ id, version: 1, decision: 'approved' })
  expect(voted).toMatchObject({
    decision: null,
    version: 1,
    policy: { id: policy.id, name: 'two', version: 1 },
    votes: [{ actor: 'operator:maria', vote: 'approve', counts: true }],
  })
  const twice = await refusal(operator.approvals.decide({ id, version: 1, decision: 'approved' }))
  expect(twice.code).toBe('FOUR_EYES')
  const other = as('operator:jo', ['read', 'decide'])
  const settled = await other.approvals.decide({ id, version: 1, decision: 'approved' })
  expect(settled).toMatchObject({ decision: 'approved', decidedBy: 'operator:jo' })
})

test('the owner of an agent does not answer what it asks for', async () => {
  await db.addAgent('owned')
  const none = await refusal(operator.agents.own({ agentId: 'nobody', owner: 'operator:jo' }))
  expect(none.code).toBe('AGENT_NOT_FOUND')
  const run = await startRun()
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by) values ($1, 'operator:jo') returning approval_id as id`,
    [run],
  )
  const jo = as('operator:jo', ['read', 'decide'])
  const own = await refusal(
    jo.approvals.decide({ id: rows[0]?.id ?? '', version: 1, decision: 'approved' }),
  )
  expect(own.code).toBe('FOUR_EYES')
  expect(await operator.agents.own({ agentId: 'owned', owner: 'operator:jo' })).toEqual({
    agentId: 'owned',
    owner: 'operator:jo',
  })
  const reviewer = as('operator:jo', ['read', 'control', 'decide', 'isolate'])
  const refused = await refusal(reviewer.agents.own({ agentId: 'owned', owner: null }))
  expect(refused.code).toBe('FORBIDDEN')
  const listed = await reviewer.agents.list()
  expect(listed.find(({ agentId }) => agentId === 'owned')).toMatchObject({ owner: 'operator:jo' })
})
