-- As before, and no argument makes it fail: a time with a zone is compared with one without, which is read as UTC,
-- whatever zone the caller's session has.
create or replace function condition_holds(condition text, args jsonb, target text) returns boolean
language sql stable set timezone to 'UTC' as $$
  select coalesce(jsonb_path_match_tz(coalesce(args, 'null'), ('strict ' || condition)::jsonpath,
    jsonb_build_object('target', target), true), false)
$$;
