-- Open requests in the order in which they need an answer: what can still be answered by its deadline, the nearest first;
-- what has expired and holds its run; what has no deadline. Of those that are equal in this the riskiest first, then the
-- oldest. The index has that order, so that the most urgent are read as their rows alone, however many are open. Whoever
-- asks writes it with their own rights: no function of ours is in it.
create index approvals_by_urgency on approval_queue (
  (case when expired_at is not null then 1 when expires_at is null then 2 else 0 end), expires_at,
  (case risk when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end), requested_at, approval_id)
  where decision is null and closed_at is null;
