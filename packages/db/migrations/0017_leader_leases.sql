-- What only one server may do at a time (supervising, sequencing the audit): a row each, since advisory
-- locks do nothing on CockroachDB. It runs out by the database's clock, so a leader that died is replaced.
create table leader_leases (
  name text primary key,
  holder text not null,
  -- Grows whenever the holder changes. A leader that writes names its term, so that one which was replaced
  -- without noticing is refused.
  term bigint not null default 1,
  expires_at timestamptz not null
);
grant select, insert, update on leader_leases to holdpoint_server;
