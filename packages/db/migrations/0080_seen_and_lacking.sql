-- When something was asked for was its agent's claim: by that a request stood in the inbox and fell into the window of a
-- preview. Now the database says when it saw it come; of older requests the claim is all there is.
alter table approval_queue add column asked_at timestamptz;
alter table approval_queue disable trigger user;
update approval_queue set asked_at = coalesce(requested_at, to_timestamp(0));
alter table approval_queue enable trigger user;
alter table approval_queue alter column asked_at set default clock_timestamp(), alter column asked_at set not null;

-- Since when it waits for more people than there are; null: there are enough.
alter table approval_queue add column lacks_since timestamptz;

-- What waits for people who are not there comes first: nobody will answer it before somebody else is asked.
drop index approvals_by_urgency;
create index approvals_by_urgency on approval_queue ((lacks_since is null), (case when expired_at is not null then 1
    when expires_at is null then 2 else 0 end), expires_at,
    (case risk when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end), asked_at, approval_id)
  where decision is null and closed_at is null;
drop index approvals_by_time;
create index approvals_by_time on approval_queue (asked_at desc, approval_id);
drop index approvals_open;
create index approvals_open on approval_queue (asked_at) where decision is null and closed_at is null;

-- Whoever ends an agent's sessions is named.
drop function if exists end_agent_sessions(text);
