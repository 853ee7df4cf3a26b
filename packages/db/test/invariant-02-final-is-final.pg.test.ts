import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// Invariant 2: complete, failed and killed are final; what arrives later is evidence.
const db = await openContract()

const ends = {
  complete: async (run: string) => agents.setStatus(db.alpha, run, 'complete'),
  failed: async (run: string) => agents.setStatus(db.alpha, run, 'failed'),
  killed: async (run: string) => operators.kill(db.server, run),
}
const statuses = ['queued', 'running', 'paused', 'approved', 'complete', 'failed', 'killed', 'lost']

describe.each(Object.entries(ends))('a %s run', (end, finish) => {
  test('takes no other status from its agent', async () => {
    const run = await agents.startPlain(db.alpha)
    await finish(run)
    for (const status of statuses.filter((other) => other !== end)) {
      expect(await outcomeOf(agents.setStatus(db.alpha, run, status))).toBe('HP002')
    }
  })

  test('takes the same end once more as nothing, and anything else not at all', async () => {
    const run = await agents.startPlain(db.alpha)
    await finish(run)
    const { seq } = await operators.runOf(db.admin, run)
    expect(await outcomeOf(agents.setStatus(db.alpha, run, end))).toBe('accepted')
    for (const change of [
      "goal = 'other'",
      'tokens_in = 5',
      "current_step = 'step_2'",
      'labels = \'{"a": "b"}\'',
    ]) {
      const write = db.alpha.query(
        `update workflow_checkpoints set ${change} where workflow_id = $1`,
        [run],
      )
      expect(await outcomeOf(write)).toBe('HP002')
    }
    expect((await operators.runOf(db.admin, run)).seq).toBe(seq)
  })

  test('takes no verb from an operator', async () => {
    const run = await agents.startPlain(db.alpha)
    const approval = await agents.requestApproval(db.alpha, run)
    await finish(run)
    for (const verb of [operators.pause, operators.resume, operators.kill]) {
      expect(await outcomeOf(verb(db.server, run))).toBe('HP002')
    }
    // Its open request closed with it, undecided.
    expect(await outcomeOf(operators.decide(db.server, approval))).toBe('HP008')
    const open = 'select 1 from run_holds where workflow_id = $1 and cleared_at is null'
    expect((await db.owner.query(open, [run])).rows).toEqual([])
  })

  test('keeps what its agent still records about it, flagged late', async () => {
    const run = await agents.startPlain(db.alpha)
    await finish(run)
    await agents.writeAudit(db.alpha, run)
    const { rows } = await db.admin.query(
      `select late from agent_audit_log where workflow_id = $1 and action = 'update'`,
      [run],
    )
    expect(rows).toEqual([{ late: true }])
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('an SDK run that was killed with an action in flight', () => {
  test('has an unknown outcome; the late report is kept and changes nothing else', async () => {
    const run = await agents.startRun(db.alpha)
    const action = await agents.allowedAction(db.alpha, run)
    await operators.kill(db.server, run)
    const killed = await operators.runOf(db.admin, run)
    const report = { state: 'confirmed', response: { sent: true }, tokensIn: 50 }
    expect(await agents.endAction(db.alpha, run, action, report)).toEqual({
      accepted: false,
      late: true,
    })
    const kept = await one(
      db.admin,
      'select state, response, late from actions where action_id = $1',
      [action],
    )
    expect(kept).toMatchObject({ state: 'unknown', response: null, late: report })
    const { seq: _, lastEvent, ...after } = await operators.runOf(db.admin, run)
    const { seq: __, lastEvent: ___, ...before } = killed
    expect(after).toEqual(before)
    expect(lastEvent.kind).toBe('action.late')
    expect(await faultsOf(db.owner, run)).toEqual([])
  })

  test('has no lease, no step, no end of its own, and cannot be claimed', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.kill(db.server, run)
    const calls = [
      `select end_run($1, 1, 'complete')`,
      `select end_step($1, 1, 'plan', 1, '{}')`,
      `select report_progress($1, 1, '{"goal": "x"}')`,
      `select claim_run($1, 'worker-2')`,
    ]
    for (const call of calls) expect(await outcomeOf(db.alpha.query(call, [run]))).toBe('HP002')
    const { rows } = await db.owner.query('select 1 from run_leases where workflow_id = $1', [run])
    expect(rows).toEqual([])
    const { told } = await one<{ told: string }>(
      db.alpha,
      `select string_agg(status, ',') as told from heartbeat('worker-1', array[$1::uuid])`,
      [run],
    )
    expect(told).toBe('killed')
  })

  test('can still tell how far the kill got', async () => {
    const run = await agents.startRun(db.alpha)
    await operators.kill(db.server, run)
    for (const stage of ['delivered', 'acknowledged', 'quiesced']) {
      await db.alpha.query('select control_ack($1, 1, $2)', [run, stage])
    }
    const { status, control } = await operators.runOf(db.admin, run)
    expect(status).toBe('killed')
    expect(Object.values(control ?? {})).not.toContain(null)
    expect(await faultsOf(db.owner, run)).toEqual([])
  })
})

describe('a kill', () => {
  test('takes the whole tree below it, and nothing can be started under it', async () => {
    const top = await agents.startPlain(db.alpha)
    const middle = await agents.startPlain(db.alpha, { parent: top })
    const leaf = await agents.startPlain(db.alpha, { parent: middle })
    const done = await agents.startPlain(db.alpha, { parent: top })
    await agents.setStatus(db.alpha, done, 'complete')
    const { rows } = await db.server.query<{ state: { id: string } }>(
      `select kill_run($1, 'operator:ana', 'enough') as state`,
      [top],
    )
    expect(rows.map(({ state }) => state.id)).toEqual([top, middle, leaf])
    for (const run of [top, middle, leaf]) {
      expect(await operators.runOf(db.admin, run)).toMatchObject({ status: 'killed', rootId: top })
      expect(await faultsOf(db.owner, run)).toEqual([])
      expect(await outcomeOf(agents.startPlain(db.alpha, { parent: run }))).toBe('HP002')
    }
    expect((await operators.runOf(db.admin, done)).status).toBe('complete')
  })

  test('reaches a run below one that had ended before', async () => {
    const top = await agents.startPlain(db.alpha)
    const middle = await agents.startPlain(db.alpha, { parent: top })
    const leaf = await agents.startPlain(db.alpha, { parent: middle })
    await agents.setStatus(db.alpha, middle, 'complete')
    await operators.kill(db.server, top)
    expect((await operators.runOf(db.admin, leaf)).status).toBe('killed')
    expect((await operators.runOf(db.admin, middle)).status).toBe('complete')
  })

  test('is not escaped by nesting runs deeper than a stack', async () => {
    const top = await agents.startPlain(db.alpha)
    await db.alpha.query(
      `do $$ declare parent uuid := '${top}'; child uuid; begin
         for n in 1..800 loop
           insert into workflow_checkpoints (agent_id, parent_id) values ('alpha', parent) returning workflow_id into child;
           parent := child;
         end loop;
       end $$`,
    )
    const { rowCount } = await db.server.query(`select kill_run($1, 'operator:ana')`, [top])
    expect(rowCount).toBe(801)
    const { rows } = await db.alpha.query(
      `select 1 from workflow_checkpoints where status = 'running' and parent_id is not null`,
    )
    expect(rows).toEqual([])
  })

  test('of more runs than one transaction kills goes on where it stopped', async () => {
    const top = await agents.startPlain(db.alpha)
    await db.alpha.query(
      `insert into workflow_checkpoints (agent_id, parent_id) select 'alpha', $1 from generate_series(1, 5)`,
      [top],
    )
    const killSome = async () =>
      (await db.server.query(`select kill_run($1, 'operator:ana', 'enough', 2)`, [top])).rowCount
    expect(await killSome()).toBe(2)
    expect((await operators.runOf(db.admin, top)).status).toBe('killed')
    expect(await killSome()).toBe(2)
    expect(await killSome()).toBe(2)
    expect(await outcomeOf(killSome())).toBe('HP002')
    const { rowCount } = await db.alpha.query(
      `select from workflow_checkpoints where parent_id = $1 and status <> 'killed'`,
      [top],
    )
    expect(rowCount).toBe(0)
  })

  test('is not asked for inside a snapshot that could miss a child', async () => {
    const run = await agents.startPlain(db.alpha)
    const client = await db.server.connect()
    await client.query('begin isolation level repeatable read')
    expect(await outcomeOf(operators.kill(client, run))).toBe('HP010')
    await client.query('rollback')
    client.release()
  })
})
