import { type Round, why } from './shift.ts'

const AFTER_S = 150

interface Held {
  readonly id: string
  readonly tokens: string | null
  readonly raised: boolean
}

const HELD = `select w.workflow_id as id, w.limit_tokens as tokens, exists (select from run_events e
    where e.workflow_id = w.workflow_id and e.kind = 'limits.raised' and e.actor = $2) as raised
  from workflow_checkpoints w join run_holds h on h.workflow_id = w.workflow_id and h.kind = 'budget' and h.cleared_at is null
  where w.agent_id = 'price-scout' and w.held_by = '{budget}'
    and h.opened_at < clock_timestamp() - make_interval(secs => $1::float8)`

/** A run that used up what it had is given half as much again, once; the second time it is killed. */
export const budgets: Round = async (shift) => {
  const held = await shift.query<Held>(HELD, [shift.seconds(AFTER_S), shift.actor])
  for (const { id, tokens, raised } of held) {
    if (raised || tokens === null) {
      await shift.verb('select kill_run($1, $2, $3)', [
        id,
        shift.actor,
        why('no nearer to a cheaper supplier after its budget was raised'),
      ])
    } else {
      const limits = JSON.stringify({ tokens: Math.ceil(Number(tokens) * 1.5) })
      await shift.verb('select raise_limits($1, $2, $3, $4)', [
        id,
        shift.actor,
        limits,
        why('half as much again, once'),
      ])
    }
  }
}
