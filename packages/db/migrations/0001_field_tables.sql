-- The five tables agents in the field already write keep their names and columns; ours are added with
-- defaults, so that their plain SQL goes on working and existing rows can be adopted.

create table if not exists tasks (
  id uuid primary key default gen_random_uuid(),
  status text not null default 'pending',
  agent_id text,
  updated_at timestamptz not null default now()
);

create table if not exists task_results (
  task_id uuid primary key,
  output jsonb,
  completed_at timestamptz default now()
);

create table if not exists workflow_checkpoints (
  workflow_id uuid primary key default gen_random_uuid(),
  agent_id text not null,
  current_step text,
  step_input jsonb,
  paused_at timestamptz,
  resumed_at timestamptz,
  status text not null default 'running',
  created_at timestamptz not null default now()
);

create table if not exists approval_queue (
  approval_id uuid primary key default gen_random_uuid(),
  workflow_id uuid not null,
  requested_by text,
  decision text,
  decided_by text,
  requested_at timestamptz default now(),
  decided_at timestamptz
);

create table if not exists agent_audit_log (
  log_id uuid primary key default gen_random_uuid(),
  agent_id text,
  workflow_id uuid,
  action text,
  target_table text,
  target_row_id text,
  data_before jsonb,
  data_after jsonb,
  data_timestamp timestamptz,
  credentials text,
  logged_at timestamptz default now()
);

-- Adopted tables may use enums, varchar or timestamps without zone; one set of types from here on.
-- Checks on status and decision go, because ours allow more.
do $$
declare
  c record;
  k record;
begin
  for c in
    select a.attrelid::regclass as tab, a.attname as col, w.want, format_type(a.atttypid, a.atttypmod) as have
    from (values
      ('workflow_checkpoints', 'status', 'text'), ('workflow_checkpoints', 'agent_id', 'text'),
      ('workflow_checkpoints', 'current_step', 'text'), ('workflow_checkpoints', 'step_input', 'jsonb'),
      ('workflow_checkpoints', 'paused_at', 'timestamp with time zone'),
      ('workflow_checkpoints', 'resumed_at', 'timestamp with time zone'),
      ('workflow_checkpoints', 'created_at', 'timestamp with time zone'),
      ('approval_queue', 'decision', 'text'), ('approval_queue', 'requested_by', 'text'),
      ('approval_queue', 'decided_by', 'text'),
      ('approval_queue', 'requested_at', 'timestamp with time zone'),
      ('approval_queue', 'decided_at', 'timestamp with time zone'),
      ('tasks', 'status', 'text'), ('tasks', 'agent_id', 'text'), ('tasks', 'updated_at', 'timestamp with time zone'),
      ('agent_audit_log', 'agent_id', 'text'), ('agent_audit_log', 'action', 'text'),
      ('agent_audit_log', 'target_table', 'text'), ('agent_audit_log', 'target_row_id', 'text'),
      ('agent_audit_log', 'credentials', 'text'),
      ('agent_audit_log', 'data_timestamp', 'timestamp with time zone'),
      ('agent_audit_log', 'logged_at', 'timestamp with time zone')
    ) as w(tab, col, want)
    join pg_attribute a on a.attrelid = to_regclass(w.tab) and a.attname = w.col and not a.attisdropped
  loop
    if c.want = 'text' then
      for k in
        select conname from pg_constraint
        where conrelid = c.tab and contype = 'c' and pg_get_constraintdef(oid) ~ ('\m' || c.col || '\M')
      loop
        execute format('alter table %s drop constraint %I', c.tab, k.conname);
      end loop;
    end if;
    if c.have <> c.want then
      execute format('alter table %s alter column %I drop default', c.tab, c.col);
      execute format('alter table %s alter column %I type %s using %I::%s', c.tab, c.col, c.want, c.col, c.want);
    end if;
  end loop;
end $$;

-- What agents leave out when they write gets the same defaults in adopted tables.
alter table workflow_checkpoints
  alter column workflow_id set default gen_random_uuid(),
  alter column status set default 'running',
  alter column created_at set default now();
alter table approval_queue
  alter column approval_id set default gen_random_uuid(),
  alter column requested_at set default now();
alter table agent_audit_log
  alter column log_id set default gen_random_uuid(),
  alter column logged_at set default now();
alter table tasks
  alter column id set default gen_random_uuid(),
  alter column status set default 'pending',
  alter column updated_at set default now();
alter table task_results alter column completed_at set default now();
