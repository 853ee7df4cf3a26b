import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { faultsOf } from './support/history.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf, refusalOf, type Session } from './support/refusal.ts'

// Drift: what rules made of a run is recorded once, holds only where a policy asks for it, and waits for no agent.
const db = await openContract()
await db.server.query(`select find_drift_work('here', 1000)`)

const savePolicy = async (holds: boolean, session: Session = db.server): Promise<number> =>
  one<{ version: number }>(
    session,
    `select save_drift_policy('alpha', '{"loopAt": 1}', $1, 'operator:ana', 'it loops') as version`,
    [holds],
  ).then(({ version }) => version)

/** A run of which the server knows that it has events to be fed. */
async function known(): Promise<string> {
  const run = await agents.startRun(db.alpha)
  await agents.beginStep(db.alpha, run, 1, 'look')
  await db.server.query(`select find_drift_work('here', 1000)`)
  return run
}

interface Fed {
  readonly score?: number
  readonly fromSeq?: number
  readonly toSeq?: number
  readonly version?: number
  readonly at?: string
}

const fed = ({ score = 0.9, fromSeq = 0, toSeq = 2, version, at }: Fed = {}) => ({
  fromSeq,
  toSeq,
  memory: { version: 1 },
  score,
  points: [{ seq: toSeq, at: new Date().toISOString(), score, signals: [] }],
  calm: version === undefined,
  found:
    version === undefined
      ? null
      : {
          finding: 'LOOP_DETECTED',
          rule: 'repeats',
          seq: toSeq,
          at: at ?? new Date().toISOString(),
          score,
          why: 'the same 5 times',
          evidence: ['1', '2'],
          version,
        },
})

const record = async (run: string, what: Fed = {}, session: Session = db.server) =>
  one<{ done: boolean }>(session, 'select record_drift($1, $2) as done', [run, fed(what)]).then(
    ({ done }) => done,
  )

const countOf = async (table: string, run: string): Promise<number> =>
  one<{ n: number }>(
    db.admin,
    `select count(*)::integer as n from ${table} where workflow_id = $1`,
    [run],
  ).then(({ n }) => n)

describe('what was made of a run', () => {
  test('is recorded once, of two leaders that fed the same', async () => {
    const run = await known()
    const done = await Promise.all([record(run), record(run), record(run)])
    expect(done.filter(Boolean)).toHaveLength(1)
    expect(await countOf('drift_points', run)).toBe(1)
  })

  test('makes an event only where a person would see the change', async () => {
    const run = await known()
    for (const score of [0.5, 0.52, 0.48, 0.51, 0.7, 0.7]) {
      const { seq } = await one<{ seq: number }>(
        db.admin,
        'select seq::integer from drift_runs where workflow_id = $1',
        [run],
      )
      expect(await record(run, { score, fromSeq: seq, toSeq: seq + 1 })).toBe(true)
      await db.server.query('select show_drift(50)')
    }
    const { rows } = await db.admin.query<{ drift: number; line: number[] }>(
      `select (state ->> 'drift')::float8 as drift, detail -> 'scores' as line from run_events
       where workflow_id = $1 and kind = 'run.drift' order by seq`,
      [run],
    )
    // Each with the scores up to it, so that the history alone shows how it came about.
    expect(rows).toEqual([
      { drift: 0.5, line: [0.5] },
      { drift: 0.7, line: [0.5, 0.52, 0.48, 0.51, 0.7] },
    ])
    expect(await countOf('drift_points', run)).toBe(6)
    expect(await faultsOf(db.admin, run)).toEqual([])
  })

  test('waits for no agent that keeps its row, and no agent waits for it', async () => {
    const [busy, other] = [await known(), await known()]
    await record(busy)
    await record(other)
    const session = await db.alpha.connect()
    await session.query('begin')
    await session.query(`select report_progress($1, 1, '{"tokensIn": 1}')`, [busy])
    const server = await db.server.connect()
    await server.query(`set lock_timeout = '2s'`)
    await server.query('select show_drift(50)')
    server.release(true)
    expect((await operators.runOf(db.admin, other)).drift).toBeCloseTo(0.9)
    await session.query('commit')
    session.release()
    await db.server.query('select show_drift(50)')
    expect((await operators.runOf(db.admin, busy)).drift).toBeCloseTo(0.9)
  })
})

describe('a hold for what was found', () => {
  test('is opened once, with its audit row, and cleared by resume', async () => {
    const version = await savePolicy(true)
    const run = await known()
    await record(run, { version })
    const held = await operators.runOf(db.admin, run)
    expect(held).toMatchObject({
      status: 'paused',
      heldBy: ['detection'],
      stopReason: 'LOOP_DETECTED',
    })
    await record(run, { version, fromSeq: 2, toSeq: 3 })
    expect(await countOf('detections', run)).toBe(1)
    expect((await agents.beginAction(db.alpha, run)).decision).toBe('hold')
    const { rows } = await db.admin.query(
      `select actor from agent_audit_log where workflow_id = $1 and action = 'run.detect'`,
      [run],
    )
    expect(rows).toEqual([{ actor: 'holdpoint' }])
    await operators.resume(db.server, run)
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    expect(await faultsOf(db.admin, run)).toEqual([])
  })

  test('is not opened where the policy only notes', async () => {
    const version = await savePolicy(false)
    const run = await known()
    await record(run, { version })
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    expect(await countOf('detections', run)).toBe(1)
  })

  test('is not opened by a policy that was changed meanwhile', async () => {
    const before = await savePolicy(true)
    const run = await known()
    await savePolicy(true)
    await record(run, { version: before })
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
    expect(await countOf('detections', run)).toBe(0)
  })

  test('is not opened for a run that has ended', async () => {
    const version = await savePolicy(true)
    const run = await known()
    await operators.kill(db.server, run)
    expect(await record(run, { version })).toBe(true)
    expect((await operators.runOf(db.admin, run)).status).toBe('killed')
    expect(await countOf('drift_points', run)).toBe(1)
    expect(await countOf('run_holds', run)).toBe(0)
  })

  test('is not opened by what came before a person resumed the run', async () => {
    const version = await savePolicy(true)
    const run = await known()
    await record(run, { version })
    const before = new Date(Date.now() - 60_000).toISOString()
    await operators.resume(db.server, run)
    await record(run, { version, fromSeq: 2, toSeq: 3, at: before })
    expect((await operators.runOf(db.admin, run)).status).toBe('running')
  })

  test('stays while something else holds the run, and does not lift that', async () => {
    const version = await savePolicy(true)
    const run = await known()
    await agents.requestApproval(db.alpha, run)
    await record(run, { version })
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['detection', 'approval'])
    await operators.resume(db.server, run)
    expect((await operators.runOf(db.admin, run)).heldBy).toEqual(['approval'])
  })
})

describe('right or wrong', () => {
  test('is said with the resume, once for the hold that is open, and audited', async () => {
    const version = await savePolicy(true)
    const run = await known()
    await record(run, { version })
    await db.server.query(
      `select resume_judged($1, 'operator:ana', false, 'the answers changed')`,
      [run],
    )
    const { rows } = await db.admin.query(
      `select action, actor, data_after ->> 'verdict' as verdict from agent_audit_log
       where workflow_id = $1 and actor = 'operator:ana' order by seen_at`,
      [run],
    )
    expect(rows).toEqual([
      { action: 'detection.judge', actor: 'operator:ana', verdict: 'wrong' },
      { action: 'run.resume', actor: 'operator:ana', verdict: null },
    ])
    const again = db.server.query(`select resume_judged($1, 'operator:bo', true)`, [run])
    expect(await outcomeOf(again)).toBe('HP015')
  })

  test('cannot be said of nothing, nor by nobody', async () => {
    const run = await known()
    const judged = (actor: string, right: boolean | null) =>
      db.server.query('select judge_detection($1, $2, $3)', [run, actor, right])
    expect(await outcomeOf(judged('operator:ana', true))).toBe('HP015')
    expect(await outcomeOf(judged('', true))).toBe('HP010')
    expect(await outcomeOf(judged('operator:ana', null))).toBe('HP010')
  })
})

describe('a policy', () => {
  test('is kept in every version, with its author; who has not seen the last one saves nothing', async () => {
    const version = await savePolicy(true)
    const stale = db.server.query(
      `select save_drift_policy('alpha', '{}', true, 'operator:bo', null, $1)`,
      [version - 1],
    )
    expect((await refusalOf(stale)).message).toContain(`is at version ${version} by now`)
    const { rows } = await db.admin.query<{ version: number; author: string }>(
      `select version, author from drift_policies where agent_id = 'alpha' order by version`,
    )
    expect(rows.map((row) => row.version)).toEqual(rows.map((_, n) => n + 1))
    expect(new Set(rows.map(({ author }) => author))).toEqual(new Set(['operator:ana']))
  })

  test('is not the agent’s to change, nor are its scores and what was found', async () => {
    const run = await known()
    expect(await outcomeOf(savePolicy(false, db.alpha))).toBe('42501')
    expect(await outcomeOf(record(run, {}, db.alpha))).toBe('42501')
    for (const table of ['drift_runs', 'drift_points', 'drift_policies', 'detections']) {
      expect(await outcomeOf(db.alpha.query(`select from ${table}`))).toBe('42501')
      expect(await outcomeOf(db.server.query(`delete from ${table}`))).toBe('42501')
    }
    const own = db.alpha.query('update workflow_checkpoints set drift = 0 where workflow_id = $1', [
      run,
    ])
    expect(await outcomeOf(own)).toBe('42501')
  })
})

test('a checklist is counted by its agent, in the history, within bounds', async () => {
  const run = await agents.startRun(db.alpha)
  const say = (patch: object) => db.alpha.query('select report_progress($1, 1, $2)', [run, patch])
  await say({ closed: 2, of: 5 })
  expect(await outcomeOf(say({ closed: -1 }))).toBe('HP010')
  expect(await outcomeOf(say({ closed: 2_000_000 }))).toBe('HP010')
  expect(await outcomeOf(say({ closed: 'many' }))).toBe('22P02')
  const { rows } = await db.admin.query(
    `select detail from run_events where workflow_id = $1 and kind = 'run.progress'`,
    [run],
  )
  expect(rows).toEqual([{ detail: { closed: 2, of: 5 } }])
})
