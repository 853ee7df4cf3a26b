-- A timeline takes from each lane the marks and acts that it draws, and reads no others, however long the window is.
-- Together the two have every mark once, as the index by agent had.
create index marks_grave on event_marks (agent, late, at)
  where stops or kind not in ('run.paused', 'hold.cleared', 'approval.requested');
create index marks_calm on event_marks (agent, late, at)
  where not (stops or kind not in ('run.paused', 'hold.cleared', 'approval.requested'));
drop index marks_by_agent;

create index acts_by_lane on agent_audit_log (agent_id, seen_at)
  where actor not like 'agent:%' and (workflow_id is null or action = 'detection.judge');
drop index acts_without_event;
