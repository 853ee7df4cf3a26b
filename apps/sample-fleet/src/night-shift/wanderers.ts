import { type Round, why } from './shift.ts'

/** So many searches with one and the same answer are enough. */
const SEARCHES = 10

interface Wanderer {
  readonly id: string
  readonly searches: number
}

const WANDERERS = `select w.workflow_id as id, count(*)::int as searches
  from workflow_checkpoints w join actions a on a.workflow_id = w.workflow_id
  where w.agent_id = 'price-scout' and w.status = 'running' and a.tool = 'web.search' and a.state = 'confirmed'
    and not exists (select from run_events e where e.workflow_id = w.workflow_id and e.kind = 'limits.raised')
  group by w.workflow_id, w.created_at having count(*) >= $1 and count(distinct a.response) = 1 order by w.created_at`

/**
 * Of the runs that go in circles the oldest is killed; one is left for the visitor to find, and one that was given
 * more has its chance.
 */
export const wanderers: Round = async (shift) => {
  const found = await shift.query<Wanderer>(WANDERERS, [SEARCHES])
  const [oldest] = found
  if (oldest === undefined || found.length < 2) return
  await shift.verb('select kill_run($1, $2, $3)', [
    oldest.id,
    shift.actor,
    why(`${oldest.searches} searches in other words, and the same answer each time`),
  ])
}
