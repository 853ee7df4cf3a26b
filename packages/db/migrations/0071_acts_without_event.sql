-- What was done that no run's history has: policies, isolations, words on findings, people. A timeline shows these as marks
-- of their own; of all other rows by people a run has an event, and they are not looked at.
create index acts_without_event on agent_audit_log (seen_at)
  where actor not like 'agent:%' and (workflow_id is null or action = 'detection.judge');
