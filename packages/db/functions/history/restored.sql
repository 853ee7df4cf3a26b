-- Transaction numbers are of one cluster. In another one, where a dump was restored, they start again: what was stored in
-- the first would pass over what is new there, and events that seem to come from the future would be new for ever.

-- Made when a cluster is; the same in its backups and stand-bys. Every role may ask for it.
create or replace function cluster_identity() returns text
language sql stable as $$ select system_identifier::text from pg_control_system() $$;

-- Makes the history one of this cluster; returns whether it was one of another. Its events become older than whatever is
-- written from here on, in some hundred parts of whole runs, and are counted anew in those parts. Drift and the outbox
-- see by their own positions that these are of another cluster: what lives is scored on, and nothing is told twice. What
-- an event says does not change. The owner's, and it is done before a server looks: a history of this cluster is never
-- touched.
create or replace function adopt_restored_history() returns boolean
language plpgsql set search_path from current as $$
declare
  here text := cluster_identity();
  -- Numbers below what any cluster has given out when it is new.
  oldest constant integer := 3;
  parts constant integer := 500;
begin
  perform from history_position where cluster <> here for update;
  if not found then return false; end if;
  if pg_snapshot_xmin(pg_current_snapshot()) < (oldest + parts)::text::xid8 then
    raise exception 'this cluster is too new: % transactions must have ended', oldest + parts;
  end if;
  alter table run_events disable trigger events_are_kept;
  update run_events set xid = (oldest + abs(hashtext(workflow_id::text) % parts))::text::xid8;
  alter table run_events enable trigger events_are_kept;
  delete from event_counts;
  delete from end_counts;
  delete from event_marks;
  update history_position set cluster = here, snapshot = '1:1:';
  return true;
end $$;
