import { afterEach, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import * as operators from './support/operators.ts'
import { ADA, person } from './support/people.ts'
import { group } from './support/policies.ts'
import { one } from './support/refusal.ts'

// What the leading server does for runs, so many a call: an agent that keeps runs of its own locked takes nobody's turn.
const db = await openContract()
const { gate, theOpen, ungate } = gating(db)
afterEach(ungate)

async function overdue(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await operators.makeDue(db.owner, await agents.askFor(db.alpha, run))
  return run
}

async function unseen(): Promise<string> {
  const run = await agents.startPlain(db.alpha)
  await agents.writeStep(db.alpha, run, 'b')
  return run
}

async function waits(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await agents.beginCall(db.alpha, run)
  await theOpen(run)
  return run
}

/** The first runs stay locked while one run is done. @returns the runs of which something was written */
async function doneBeside(work: string, locked: readonly string[], free: string) {
  const agent = await db.alpha.connect()
  try {
    await agent.query('begin')
    await agent.query('select from workflow_checkpoints where workflow_id = any ($1) for update', [
      locked,
    ])
    const { n } = await one<{ n: number }>(db.server, `select ${work}(1) as n`)
    const { rows } = await db.admin.query<{ run: string }>(
      `select workflow_id as run from agent_audit_log where actor = 'holdpoint' and workflow_id = any ($1)`,
      [[...locked, free]],
    )
    return { n, runs: rows.map(({ run }) => run) }
  } finally {
    agent.release(true)
  }
}

test('a deadline', async () => {
  const [first, second, free] = [await overdue(), await overdue(), await overdue()]
  expect(await doneBeside('expire_approvals', [first, second], free)).toEqual({
    n: 1,
    runs: [free],
  })
})

test('a check-in', async () => {
  await gate({ tool: null, agentId: 'alpha', checkInSteps: 2 })
  const [first, second, free] = [await unseen(), await unseen(), await unseen()]
  expect(await doneBeside('hold_for_check_in', [first, second], free)).toEqual({
    n: 1,
    runs: [free],
  })
})

test('that people are lacking: a call looks at so many, the next one goes on after them', async () => {
  const gone = await person(db.server, ['reviewer'])
  await gate({ quorum: [group('finance', 1, gone.name)] })
  const runs = [await waits(), await waits(), await waits()]
  const approvals = await Promise.all(runs.map(theOpen))
  await db.server.query('select disable_operator($1, $2)', [gone.name, ADA])
  const agent = await db.alpha.connect()
  await agent.query('begin')
  await agent.query('select from workflow_checkpoints where workflow_id = $1 for update', [runs[0]])
  const looked: (string | null)[] = []
  // Those of the tests before are open, too.
  const before = await db.admin.query('select from approval_queue where decision is null')
  const most = (before.rowCount ?? 0) + 1
  while (looked.at(-1) !== null && looked.length < most) {
    const { last } = await one<{ last: string | null }>(
      db.server,
      'select look_for_people($1, 1) as last',
      [looked.at(-1)],
    )
    looked.push(last)
  }
  agent.release(true)
  expect(looked.slice(-4)).toEqual([...approvals, null])
  const { rows } = await db.admin.query<{ lacks: boolean }>(
    `select lacks_since is not null as lacks from approval_queue where approval_id = any ($1) order by asked_at`,
    [approvals],
  )
  expect(rows.map(({ lacks }) => lacks)).toEqual([false, true, true])
})
