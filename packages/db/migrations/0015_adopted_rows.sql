-- Rows that were here before Holdpoint: each gets its first event and the holds its status implies.
-- The history begins now; what happened before is not in it.

update workflow_checkpoints set root_id = coalesce(root_id, workflow_id),
    event_hint = '{"kind": "run.adopted", "actor": "holdpoint"}'
  where seq = 0;

insert into run_holds (workflow_id, kind, stop_reason, opened_by, why, approval_id, opened_at)
  select q.workflow_id, 'approval', 'AWAITING_APPROVAL', 'agent:' || w.agent_id, 'asks for approval', q.approval_id,
    coalesce(q.requested_at, now())
  from approval_queue q join workflow_checkpoints w using (workflow_id)
  where q.decision is null and w.status = 'paused'
    and not exists (select from run_holds h where h.approval_id = q.approval_id);

insert into run_holds (workflow_id, kind, stop_reason, opened_by, why)
  select w.workflow_id, 'self', 'AWAITING_APPROVAL', 'agent:' || w.agent_id, 'was paused when Holdpoint came'
  from workflow_checkpoints w
  where w.status = 'paused'
    and not exists (select from run_holds h where h.workflow_id = w.workflow_id and h.cleared_at is null);

-- Requests whose run has gone on or ended are not waiting for anyone.
update approval_queue q set closed_at = now(), closed_why = 'its run was not paused when Holdpoint came'
  where q.decision is null and q.closed_at is null
    and not exists (select from workflow_checkpoints w where w.workflow_id = q.workflow_id and w.status = 'paused');

select count(settle_run(workflow_id, '{"actor": "holdpoint", "otherwise": "hold.opened"}', null, 'approved'))
  from workflow_checkpoints where status = 'paused' and held_by = '{}';
