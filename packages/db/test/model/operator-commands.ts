import * as operators from '../support/operators.ts'
import { outcomeOf } from '../support/refusal.ts'
import { actionOf, approvalOf, type Command, tell } from './command.ts'
import type { Amounts } from './model.ts'
import * as says from './operator.ts'

export const operator: Command[] = [
  {
    name: 'pause',
    model: says.pause,
    run: async ({ db, run }) => outcomeOf(operators.pause(db.server, run)),
  },
  {
    name: 'resume',
    model: says.resume,
    run: async ({ db, run }) => outcomeOf(operators.resume(db.server, run)),
  },
  {
    name: 'isolate',
    model: says.isolate,
    run: tell('server', `select hold_agent_runs('alpha', 'operator:ana', $1::text)`),
  },
  {
    name: 'release',
    model: says.release,
    run: async ({ db }) => {
      const released = await outcomeOf(
        db.server.query(`select release_agent('alpha', 'operator:ana')`),
      )
      // The flag stands for a locked login throughout, so that both verbs can be called at any time.
      await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
      return released === 'HP015' ? 'accepted' : released
    },
  },
]

export const killing: Command = {
  name: 'kill',
  model: says.kill,
  run: async ({ db, run }) => outcomeOf(operators.kill(db.server, run)),
}

export const deciding = (nth: number, verdict: 'approved' | 'rejected'): Command => ({
  name: `decide ${nth} ${verdict}`,
  model: (model) => says.decide(model, nth, verdict),
  run: async (arena) =>
    outcomeOf(operators.decide(arena.db.server, approvalOf(arena, nth), verdict)),
})

export const settling = (key: string, landed: boolean): Command => ({
  name: `settle ${key} ${landed ? 'landed' : 'not landed'}`,
  model: (model) => says.settleAction(model, key, landed),
  run: async (arena) => outcomeOf(operators.settle(arena.db.server, actionOf(arena, key), landed)),
})

export const raising = (what: keyof Amounts, to: number | null): Command => ({
  name: `raise ${what} to ${to}`,
  model: (model) => says.raise(model, what, to),
  run: async ({ db, run }) => outcomeOf(operators.raise(db.server, run, { [what]: to })),
})
