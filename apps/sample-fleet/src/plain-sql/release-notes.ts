import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { keepNewest, put } from '../work/files.ts'
import { between } from '../work/think.ts'
import { RunIsOver, whenAllowed } from './when-allowed.ts'

const COMMITS = 14
const MOST_NOTES = 50
const AGENT = 'release-notes'
const POLL_MS = 2000

/** What the agent keeps in `step_input`, so that it can go on after a restart. */
interface State {
  readonly version: string
  readonly commit: number
}

interface Checkpoint {
  workflow_id: string
  current_step: string
  step_input: State | null
  status: string
}

/** Writes release notes commit by commit and asks before it publishes, in plain SQL with unqualified names. */
export class ReleaseNotes {
  readonly #url: string
  readonly #signal: AbortSignal

  constructor(url: string, signal: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  /** One run, from where it was left. */
  async runOnce(): Promise<void> {
    const db = new Client({ connectionString: this.#url, application_name: AGENT })
    db.on('error', () => undefined)
    await db.connect()
    try {
      const run = (await this.#left(db)) ?? (await this.#begin(db))
      await this.#work(db, run)
    } catch (error) {
      if (!(error instanceof RunIsOver)) throw error
    } finally {
      await db.end().catch(() => undefined)
    }
  }

  async #left(db: Client): Promise<Checkpoint | undefined> {
    const { rows } = await db.query<Checkpoint>(
      `select workflow_id, current_step, step_input, status from workflow_checkpoints
       where agent_id = $1 and status in ('running', 'paused', 'approved') order by created_at limit 1`,
      [AGENT],
    )
    return rows[0]
  }

  async #begin(db: Client): Promise<Checkpoint> {
    const state: State = { version: `1.${Math.floor(Date.now() / 60_000) % 100_000}`, commit: 1 }
    const run = randomUUID()
    await db.query(
      `insert into workflow_checkpoints (workflow_id, agent_id, current_step, step_input, status, goal, labels)
       values ($1, $2, 'step_1', $3, 'running', $4, '{"model": "scripted"}')`,
      [run, AGENT, state, `Write the release notes of ${state.version}`],
    )
    return { workflow_id: run, current_step: 'step_1', step_input: state, status: 'running' }
  }

  async #work(db: Client, run: Checkpoint): Promise<void> {
    const state = run.step_input ?? { version: 'unknown', commit: 1 }
    const asked = ['awaiting_approval', 'publish'].includes(run.current_step)
    if (!asked) {
      for (let commit = state.commit; commit <= COMMITS; commit += 1) {
        await this.#readCommit(db, run.workflow_id, { ...state, commit })
      }
      await this.#ask(db, run.workflow_id, state)
    }
    const decision = await this.#decision(db, run.workflow_id)
    if (decision === 'approved') await this.#publish(db, run.workflow_id, state)
    else await this.#end(db, run.workflow_id, 'failed')
  }

  async #readCommit(db: Client, run: string, state: State): Promise<void> {
    await this.#checkpoint(db, run, `step_${state.commit}`, state)
    await sleep(between(3000, 6000), undefined, { signal: this.#signal })
    await this.#query(
      db,
      `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, credentials)
       values ($1, $2, 'summarise commit', 'notes', $3, $4, 'release-notes@fleet')`,
      [
        AGENT,
        run,
        `${state.version}#${state.commit}`,
        { version: state.version, commit: state.commit },
      ],
    )
  }

  async #ask(db: Client, run: string, state: State): Promise<void> {
    await this.#query(
      db,
      `update workflow_checkpoints set status = 'paused', paused_at = now(), current_step = 'awaiting_approval',
         step_input = $2 where workflow_id = $1`,
      // What it wants to do, for whoever decides.
      [
        run,
        { ...state, commit: COMMITS, publish: `notes/${state.version}.md`, audience: 'public' },
      ],
    )
    await this.#query(
      db,
      'insert into approval_queue (workflow_id, requested_by) values ($1, $2)',
      [run, AGENT],
    )
  }

  /** Polls: nothing but the row tells, and the row survives a restart of anything. */
  async #decision(db: Client, run: string): Promise<'approved' | 'rejected'> {
    for (;;) {
      const { rows } = await db.query<{
        decision: 'approved' | 'rejected' | null
        closed: boolean
      }>(
        `select decision, closed_at is not null as closed from approval_queue
         where workflow_id = $1 order by requested_at desc limit 1`,
        [run],
      )
      const [latest] = rows
      // It crashed between pausing and asking.
      if (latest === undefined) await this.#ask(db, run, { version: 'unknown', commit: COMMITS })
      else if (latest.decision !== null) return latest.decision
      else if (latest.closed) throw new RunIsOver()
      await sleep(POLL_MS, undefined, { signal: this.#signal })
    }
  }

  async #publish(db: Client, run: string, state: State): Promise<void> {
    await this.#query(
      db,
      `update workflow_checkpoints set status = 'running', resumed_at = now(), current_step = 'publish'
       where workflow_id = $1`,
      [run],
    )
    await this.#query(
      db,
      `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, credentials)
       values ($1, $2, 'publish notes', 'notes', $3, $4, 'release-notes@fleet')`,
      [AGENT, run, state.version, { file: `notes/${state.version}.md` }],
    )
    await sleep(between(3000, 5000), undefined, { signal: this.#signal })
    await put(`notes/${state.version}.md`, `# ${state.version}\n\n${COMMITS} changes.\n`)
    await keepNewest('notes', MOST_NOTES)
    await this.#end(db, run, 'complete')
  }

  async #checkpoint(db: Client, run: string, step: string, state: State): Promise<void> {
    await this.#query(
      db,
      'update workflow_checkpoints set current_step = $2, step_input = $3 where workflow_id = $1',
      [run, step, state],
    )
  }

  async #end(db: Client, run: string, status: 'complete' | 'failed'): Promise<void> {
    await this.#query(db, 'update workflow_checkpoints set status = $2 where workflow_id = $1', [
      run,
      status,
    ])
  }

  async #query(db: Client, sql: string, values: unknown[]): Promise<void> {
    await whenAllowed(async () => db.query(sql, values), this.#signal)
  }
}
