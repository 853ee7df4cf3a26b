import type { GateAnswer } from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import { outcomeOf } from '../support/refusal.ts'
import type { Model } from './model.ts'

/** The run under attack, through the logins of everyone who may touch it. */
export interface Arena {
  db: Contract
  run: string
  /** Ids of its approvals in the order they were asked for, and of its actions by key. */
  approvals: string[]
  actions: Map<string, string>
}

export interface Command {
  readonly name: string
  /** What the contract says; changes the model. */
  readonly model: (model: Model) => string
  /** What Postgres says. */
  readonly run: (arena: Arena) => Promise<string>
}

const nobody = '00000000-0000-0000-0000-000000000000'

export const actionOf = ({ actions }: Arena, key: string): string => actions.get(key) ?? nobody
export const approvalOf = ({ approvals }: Arena, nth: number): string => approvals[nth] ?? nobody

/** A statement whose first parameter is the run. */
export const tell =
  (pool: 'alpha' | 'server', sql: string, ...more: unknown[]) =>
  async ({ db, run }: Arena): Promise<string> =>
    outcomeOf(db[pool].query(sql, [run, ...more]))

export async function answerOf(call: Promise<GateAnswer>): Promise<string> {
  let answer: GateAnswer | undefined
  const outcome = await outcomeOf(call.then((each) => (answer = each)))
  if (answer !== undefined) return answer.code ?? answer.decision
  // HP015 is NOTHING_TO_DO: of two calls with one key at the same instant, the one that waited for the other has
  // to take its own writes back, so it is told by an error what it would else be answered.
  return outcome === 'HP015' ? 'NOTHING_TO_DO' : outcome
}

let steps = 0
/** A step that no run has taken yet. */
export const nextStep = (): string => `step ${(steps += 1)}`
