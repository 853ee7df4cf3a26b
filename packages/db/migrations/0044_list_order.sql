-- Lists of runs, newest first: each index goes on in the order of the page, so that a page is read as its rows alone,
-- however many there are. None holds a column that changes with a step.

drop index runs_by_status_since;
create index runs_by_status_since on workflow_checkpoints (status, status_since desc, workflow_id desc);
drop index runs_by_stop_reason;
create index runs_by_stop_reason on workflow_checkpoints (stop_reason, status_since desc, workflow_id desc)
  where stop_reason is not null;
drop index runs_by_skill;
create index runs_by_skill on workflow_checkpoints (skill, status_since desc, workflow_id desc) where skill is not null;
create index runs_by_agent_since on workflow_checkpoints (agent_id, status_since desc, workflow_id desc);
