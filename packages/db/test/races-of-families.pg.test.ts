import { expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { outcomeOf, type Session } from './support/refusal.ts'
import { pidOf, untilBlocked } from './support/waiting.ts'

// Parents, children and controls: a child locks its parent, a kill goes from parent to child.
const db = await openContract()

test('an agent that starts a child and then writes its own run does not lock itself out with a pause', async () => {
  const starts = [
    async (s: Session, parent: string) => agents.startPlain(s, { parent }),
    async (s: Session, parentId: string) => agents.startRun(s, { parentId }),
  ]
  for (const startChild of starts) {
    const parent = await agents.startPlain(db.alpha)
    const [agent, operator] = [await db.alpha.connect(), await db.server.connect()]
    await agent.query('begin')
    await startChild(agent, parent)
    const pid = await pidOf(operator)
    const pausing = outcomeOf(operators.pause(operator, parent))
    await untilBlocked(db.admin, pid)
    expect(await outcomeOf(agents.writeStep(agent, parent, 'step_2'))).toBe('accepted')
    await agent.query('commit')
    expect(await pausing).toBe('accepted')
    expect(await faultsOf(db.owner, parent)).toEqual([])
    agent.release()
    operator.release()
  }
})

test('a whole tree killed while it grows leaves nothing alive', async () => {
  for (let round = 0; round < 10; round += 1) {
    const top = await agents.startPlain(db.alpha)
    const grow = async (parent: string, depth: number): Promise<void> => {
      if (depth === 0) return
      const child = await agents.startPlain(db.alpha, { parent }).catch(() => undefined)
      if (child === undefined) return
      await Promise.all([grow(child, depth - 1), grow(child, depth - 1)])
    }
    const growing = grow(top, 4)
    if (round % 2 === 1) await db.alpha.query('select 1')
    const [killed] = await Promise.all([outcomeOf(operators.kill(db.server, top)), growing])
    expect(killed).toBe('accepted')
    const { rows } = await db.owner.query(
      `select status from workflow_checkpoints where root_id = $1 and status <> 'killed'`,
      [top],
    )
    expect(rows).toEqual([])
  }
})
