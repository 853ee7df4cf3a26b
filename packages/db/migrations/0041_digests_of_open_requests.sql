-- Requests from before 0025 may have no digest, or one that an agent made up. The gate compares with ours: without it a
-- yes to such a request would let nothing begin. Where it cannot be worked out, a person can still say no.
do $$
declare
  q record;
begin
  for q in select approval_id, arguments from approval_queue
    where decision is null and closed_at is null and (tool is not null or arguments is not null)
  loop
    begin
      update approval_queue set digest = digest_of(q.arguments)
        where approval_id = q.approval_id and digest is distinct from digest_of(q.arguments);
    exception when sqlstate 'HP010' then
      raise notice 'approval % has a number that no double can hold: its digest stays as it was', q.approval_id;
    end;
  end loop;
end $$;
