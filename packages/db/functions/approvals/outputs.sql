-- An output is graded by a person, and its grade lands with it.

-- {score: 0 to 1, label?, note?}: of an output, with a yes as with a no.
create or replace function check_grade(q approval_queue, verdict text, grade jsonb) returns void
language plpgsql as $$
begin
  if (q.kind = 'output') <> (grade is not null) then
    raise exception 'a grade belongs to an output, and an output needs one: nothing was done' using errcode = 'HP010';
  end if;
  if grade is not null and (jsonb_typeof(grade) <> 'object' or grade - '{score,label,note}'::text[] <> '{}'
      or coalesce(jsonb_typeof(grade -> 'score'), '') <> 'number' or (grade ->> 'score')::numeric not between 0 and 1
      or coalesce(jsonb_typeof(grade -> 'label'), 'string') <> 'string' or char_length(grade ->> 'label') > 100
      or coalesce(jsonb_typeof(grade -> 'note'), 'string') <> 'string' or char_length(grade ->> 'note') > 2000) then
    raise exception 'a grade is {score: 0 to 1, label?, note?}: nothing was done' using errcode = 'HP010';
  end if;
end $$;

create or replace function keep_grade(q approval_queue, actor text, verdict text, grade jsonb) returns void
language sql as $$
  insert into grades (approval_id, workflow_id, output, digest, grade, verdict, graded_by)
    select q.approval_id, q.workflow_id, q.arguments, q.digest, grade, verdict, actor where grade is not null
$$;
