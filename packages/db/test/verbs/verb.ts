import type { Scope } from '@holdpoint/protocol'

import type { Contract } from '../support/contract.ts'
import { outcomeOf } from '../support/refusal.ts'

/** A person's act: what it takes, and how it is done once everything for it is there. `$1` is whoever acts. */
export interface Verb {
  readonly scope: Scope
  /** About agent `alpha`, so that someone who may act on others only is refused. */
  readonly ofAlpha?: true
  readonly ready: (db: Contract, actor: string) => Promise<readonly [sql: string, ...unknown[]]>
}

/** 'accepted', or why not. */
export async function tryVerb(db: Contract, { ready }: Verb, actor: string): Promise<string> {
  const [sql, ...values] = await ready(db, actor)
  return outcomeOf(db.server.query(sql, [actor, ...values]))
}
