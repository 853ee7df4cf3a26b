-- Few events are fresh: to start other processes for them takes longer than to read them.
alter function fresh_events(timestamptz, timestamptz) set max_parallel_workers_per_gather to 0;
alter function fresh_events(timestamptz, timestamptz) set plan_cache_mode to force_generic_plan;
alter function count_history(integer) set max_parallel_workers_per_gather to 0;
