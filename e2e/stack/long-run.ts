import type { Stack } from '../stack.ts'

export interface LongRun {
  readonly id: string
  /** The one event of its kind, in the middle. */
  readonly rare: number
  /** The step in which the rare one lies, and its occurrence. */
  readonly step: { readonly name: string; readonly occurrence: number }
}

// Written by sets and without triggers, as the owner: through the product's own functions it would take half a minute.
// Each step is eight events, a second apart, with one action in it. In the middle the run was held for nine hours.
const write = `
  begin;
  alter table workflow_checkpoints disable trigger user;
  insert into workflow_checkpoints (workflow_id, agent_id, root_id, goal, engine, status, current_step, seq, epoch, steps,
      created_at, status_since, step_since, last_event)
    values ('RUN', 'AGENT', 'RUN', 'GOAL', 'sql', 'running', 'part 1', MOST, 1, MOST / 8,
      clock_timestamp() - interval 'MOST s' - interval '9 h', clock_timestamp(), clock_timestamp(),
      jsonb_build_object('kind', 'run.progress', 'actor', 'agent:AGENT', 'at', clock_timestamp()));
  alter table workflow_checkpoints enable trigger user;
  create or replace function pg_temp.at(seq integer) returns timestamptz language sql as $$
    select now() - make_interval(secs => MOST - seq, hours => case when seq < MIDDLE then 9 else 0 end) $$;
  create temporary table parts on commit drop as
    select part, part * 8 as before, 'read shelf ' || part % 10 as name, part / 10 + 1 as nth, gen_random_uuid() as action
    from generate_series(0, MOST / 8 - 1) part;
  insert into run_steps (workflow_id, name, occurrence, epoch, state, input, result, started_at, ended_at)
    select 'RUN', name, nth, 1, 'done', jsonb_build_object('shelf', part), jsonb_build_object('boxes', part % 7),
      pg_temp.at(before + 1) - interval '10 us', pg_temp.at(before + 8) from parts;
  insert into actions (action_id, workflow_id, epoch, step, tool, target, idempotency_key, request, digest, state, response,
      intended_at, ended_at)
    select action, 'RUN', 1, name, 'warehouse.count', 'shelf ' || part, 'k' || part, jsonb_build_object('shelf', part),
      repeat('a', 64), 'confirmed', jsonb_build_object('boxes', part % 7), pg_temp.at(before + 3) + interval '10 us',
      pg_temp.at(before + 6) from parts;
  insert into run_events (workflow_id, seq, kind, actor, at, detail, state)
    select 'RUN', seq,
      case when seq = MIDDLE then 'action.late' when seq = MIDDLE - 1 then 'run.paused' when seq = 1 then 'run.started'
        when n = 1 then 'run.step' when n = 3 then 'action.intended' when n = 6 then 'action.confirmed'
        when n = 8 then 'step.completed' else 'run.progress' end,
      'agent:AGENT', pg_temp.at(seq),
      case when seq = MIDDLE then jsonb_build_object('why', 'the one late word')
        when n in (1, 8) then jsonb_build_object('step', name, 'occurrence', nth, 'attempt', 1)
        when n in (3, 6) then jsonb_build_object('actionId', action, 'tool', 'warehouse.count', 'target', 'shelf ' || part,
          'attempt', 1) end,
      s.state || jsonb_build_object('seq', seq, 'step', name) || case when seq = MIDDLE - 1
        then jsonb_build_object('status', 'paused', 'stopReason', 'USER_PAUSED') else '{}' end
    from (select *, before + n as seq from parts, generate_series(1, 8) n) e,
      (select run_state(w) as state from workflow_checkpoints w where workflow_id = 'RUN') s;
  commit`

/** A run of so many events (a multiple of 16), at work still, whose agent may go on with plain SQL. */
export async function longRun(stack: Stack, agent: string, events: number): Promise<LongRun> {
  const id = crypto.randomUUID()
  // The fifth event of a step, so that neither it nor the one before is one that begins or ends something.
  const middle = events / 2 + 5
  const words = { RUN: id, AGENT: agent, GOAL: `Count all shelves for ${agent}` }
  const text = Object.entries({ ...words, MOST: String(events), MIDDLE: String(middle) }).reduce(
    (sql, [word, value]) => sql.replaceAll(word, value),
    write,
  )
  await stack.owner.query(text)
  const part = Math.floor((middle - 1) / 8)
  return {
    id,
    rare: middle,
    step: { name: `read shelf ${part % 10}`, occurrence: Math.floor(part / 10) + 1 },
  }
}
