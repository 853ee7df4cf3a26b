import type { Action, Hold, Lease, Run, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, query } from '../trpc/procedure.ts'
import { actionJson, holdJson } from './queries.ts'

export interface RunDetail {
  readonly run: Run
  readonly lease: Lease | null
  /** Open ones first, then the latest that were cleared. */
  readonly holds: readonly Hold[]
  readonly children: readonly Run[]
  readonly parent: Run | null
  /** Actions that passed the gate and have not ended. */
  readonly inFlight: readonly Action[]
}

const many = 200

const detail = `
  select jsonb_build_object(
    'run', run_state(w),
    'lease', (select jsonb_build_object('worker', l.worker, 'heartbeatAt', l.heartbeat_at, 'leaseUntil', l.lease_until)
      from run_leases l where l.workflow_id = w.workflow_id),
    'holds', (select coalesce(jsonb_agg(${holdJson('h')} order by h.cleared_at is not null, h.opened_at desc), '[]')
      from (select * from run_holds where workflow_id = w.workflow_id
        order by cleared_at is not null, opened_at desc limit ${many}) h),
    'children', (select coalesce(jsonb_agg(c.run order by c.created_at desc), '[]')
      from (select run_state(k) as run, k.created_at from workflow_checkpoints k where k.parent_id = w.workflow_id
        order by k.created_at desc limit ${many}) c),
    'parent', (select run_state(p) from workflow_checkpoints p where p.workflow_id = w.parent_id),
    'inFlight', (select coalesce(jsonb_agg(${actionJson('a')} order by a.intended_at), '[]')
      from (select * from actions where workflow_id = w.workflow_id and state in ('intended', 'accepted')
        order by intended_at limit ${many}) a)) as detail
  from workflow_checkpoints w where w.workflow_id = $1`

/** A run with what stands around it, of one instant. */
export const get = query
  .input(z.object({ id: id<RunId>() }))
  .query(async ({ ctx, input }): Promise<RunDetail> => {
    const [row] = await ctx.database.read<{ detail: RunDetail }>(detail, [input.id])
    if (row === undefined) throw problem('RUN_NOT_FOUND')
    return row.detail
  })
