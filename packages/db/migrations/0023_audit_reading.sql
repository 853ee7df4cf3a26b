-- How the audit log is read: by any one of its filters, newest or oldest first, in pages that begin after a row.
-- Each index ends in the order of the pages, so that a page of the millionth row costs what the first one costs.

drop index audit_by_run, audit_by_agent, audit_by_time;

-- By time alone, and in no other index's order: nulls, of which there are none, stand at the other end. Or the planner
-- would walk along it in search of an agent that it takes for busy, past a million rows since that one's last.
create index audit_by_time on agent_audit_log (seen_at desc nulls last, log_id desc nulls last);

create index audit_by_run on agent_audit_log (workflow_id, seen_at desc, log_id desc);
create index audit_by_agent on agent_audit_log (agent_id, seen_at desc, log_id desc);
create index audit_by_login on agent_audit_log (login, seen_at desc, log_id desc);

-- By bytes, so that what begins alike lies together, whatever the database's own order is.
create index audit_by_action on agent_audit_log (action collate "C", seen_at desc, log_id desc);
create index audit_by_table on agent_audit_log (target_table collate "C", seen_at desc, log_id desc)
  where target_table is not null;
create index audit_by_row on agent_audit_log (target_row_id, seen_at desc, log_id desc) where target_row_id is not null;

-- An agent's own rows name it in agent_id too; what people and the supervisor did is rare, and costs agents nothing.
create index audit_by_person on agent_audit_log (actor collate "C", seen_at desc, log_id desc)
  where actor not like 'agent:%';
create index audit_of_people on agent_audit_log (seen_at desc, log_id desc) where actor not like 'agent:%';
create index audit_late on agent_audit_log (seen_at desc, log_id desc) where late;

-- Agents keep to their tables, tools and logins: without this the planner takes two such filters for a rare meeting.
create statistics audit_pairs (mcv, dependencies) on agent_id, login, action, target_table from agent_audit_log;
