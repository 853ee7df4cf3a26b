-- A timeline of months draws a few of many runs: the last that failed, was killed or was complete in each stretch of a lane.
create index lives_by_agent_and_end on run_lives (agent_id, status, ended_at) where ended_at is not null;
