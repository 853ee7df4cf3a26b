import * as agents from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import * as operators from '../support/operators.ts'
import { fresh } from '../support/people.ts'
import { one } from '../support/refusal.ts'
import { untold } from '../support/unknown.ts'
import type { Verb } from './verb.ts'

const started = async (db: Contract): Promise<string> => agents.startPlain(db.alpha)

async function paused(db: Contract): Promise<string> {
  const run = await started(db)
  await operators.pause(db.server, run)
  return run
}

/** A run that a rule holds for what it found. */
async function found(db: Contract): Promise<{ run: string; detection: string }> {
  const run = await agents.startRun(db.alpha)
  await agents.beginStep(db.alpha, run, 1, 'look')
  await db.server.query(`select find_drift_work('here', 1000)`)
  const { version } = await one<{ version: number }>(
    db.server,
    `select save_drift_policy('alpha', '{"loopAt": 1}', true, $1) as version`,
    [operators.ANA],
  )
  const at = new Date().toISOString()
  const finding = { finding: 'LOOP_DETECTED', rule: 'repeats', seq: 2, at, score: 0.9, why: 'x' }
  await db.server.query('select record_drift($1, $2)', [
    run,
    { fromSeq: 0, toSeq: 2, score: 0.9, points: [], found: { ...finding, evidence: [], version } },
  ])
  const { detection } = await one<{ detection: string }>(
    db.admin,
    'select detection_id as detection from detections where workflow_id = $1',
    [run],
  )
  return { run, detection }
}

export const verbsOfRuns: Readonly<Record<string, Verb>> = {
  pause_run: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select pause_run($2, $1)`, await started(db)],
  },
  resume_run: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select resume_run($2, $1)`, await paused(db)],
  },
  kill_run: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select kill_run($2, $1)`, await started(db)],
  },
  raise_limits: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select raise_limits($2, $1, '{"steps": 9}')`, await started(db)],
  },
  look_at_run: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select look_at_run($2, $1)`, await started(db)],
  },
  settle_action: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [
      `select settle_action($2, $1, true, 'looked')`,
      (await untold(db)).action,
    ],
  },
  resume_judged: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select resume_judged($2, $1, true)`, (await found(db)).run],
  },
  judge_detection: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => [`select judge_detection($2, $1, true)`, (await found(db)).detection],
  },
  save_drift_policy: {
    scope: 'control',
    ofAlpha: true,
    ready: async () => [`select save_drift_policy('alpha', '{"loopAt": 1}', false, $1)`],
  },
  retire_loop: {
    scope: 'control',
    ofAlpha: true,
    ready: async (db) => {
      const name = fresh('loop')
      await db.alpha.query('select declare_loop($1)', [{ agentId: 'alpha', name, event: 'mail' }])
      return [`select retire_loop('alpha', $2, $1)`, name]
    },
  },
  save_view: {
    scope: 'control',
    ready: async () => [`select save_view($2, 'state=paused', $1)`, fresh('view')],
  },
  remove_view: {
    scope: 'control',
    ready: async (db) => {
      const name = fresh('view')
      await db.server.query(`select save_view($1, 'state=paused', $2)`, [name, operators.ANA])
      return [`select remove_view($2, $1)`, name]
    },
  },
}
