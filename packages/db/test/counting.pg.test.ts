import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { one } from './support/refusal.ts'

// What an agent writes must not keep the history of all from being counted.
const db = await openContract()

const largest = '9223372036854775807'

test('runs that say they spent all there can be are summed up, and what comes after them is counted', async () => {
  for (let run = 0; run < 3; run += 1) {
    const { id } = await one<{ id: string }>(
      db.alpha,
      `insert into workflow_checkpoints (agent_id, tokens_in, tokens_out, cost_usd)
       values ('alpha', $1, $1, 99999999.999999) returning workflow_id as id`,
      [largest],
    )
    await db.alpha.query(
      `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
      [id],
    )
    await db.server.query('select count_history(1000)')
  }
  const sums = `select distinct sum(runs)::integer as runs, sum(tokens_in)::text as "tokensIn", sum(tokens_out)::text as "tokensOut"
    from end_counts group by agent`
  const all = (BigInt(largest) * 3n).toString()
  expect(await one(db.owner, sums)).toEqual({ runs: 3, tokensIn: all, tokensOut: all })
  expect(await one(db.server, 'select count_history(1000) as n')).toEqual({ n: 0 })
})
