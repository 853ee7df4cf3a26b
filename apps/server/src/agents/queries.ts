import { activeStatuses, type Agent, mostRunsCounted } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'

// Names are found by jumping from one to the next in the index: there are few agents and many runs.
const everyAgent = `
  with recursive names as (
    (select agent_id from workflow_checkpoints order by agent_id limit 1)
    union all
    select (select w.agent_id from workflow_checkpoints w where w.agent_id > n.agent_id order by w.agent_id limit 1)
    from names n where n.agent_id is not null
  ), known as (
    select agent_id from names where agent_id is not null
    union select agent_id from agent_logins where agent_id is not null
  ), active as (
    select agent_id, count(*) as n from workflow_checkpoints
    where status in ('${activeStatuses.join(`', '`)}') group by agent_id
  ), sessions as (
    select usename, count(*) as n from pg_stat_activity where datname = current_database() group by usename
  )
  select jsonb_build_object(
    'agentId', k.agent_id, 'login', l.login, 'owner', l.owner, 'isolatedAt', l.isolated_at, 'isolatedBy', l.isolated_by,
    'isolatedWhy', l.isolated_why, 'activeRuns', coalesce(a.n, 0),
    'runs', (select count(*) from (
      select from workflow_checkpoints w where w.agent_id = k.agent_id limit ${mostRunsCounted}) w),
    'lastSeenAt', (select max((w.last_event ->> 'at')::timestamptz) from (
      select last_event from workflow_checkpoints where agent_id = k.agent_id order by created_at desc limit 100) w),
    'connections', coalesce(s.n, 0)) as agent
  from known k left join agent_logins l on l.agent_id = k.agent_id
  left join active a on a.agent_id = k.agent_id left join sessions s on s.usename = l.login
  where $1::text is null or k.agent_id = $1 order by k.agent_id`

/** Every agent that has a login or a run; or the one that is named. */
export async function readAgents(database: Database, only: string | null): Promise<Agent[]> {
  const rows = await database.read<{ agent: Agent }>(everyAgent, [only])
  return rows.map(({ agent }) => agent)
}
