import { pause } from './backoff.ts'
import { hasCode } from './database-errors.ts'
import { enqueueRun } from './enqueue.ts'
import { DatabaseAwayError } from './errors.ts'
import { stableId } from './keys.ts'
import { LoopSchedule } from './loop-schedule.ts'
import { shortText } from './payload.ts'
import type { ServeOptions } from './serve.ts'
import type { SessionHost } from './session.ts'
import type { CarryOptions, Memory, RunSpec } from './spec.ts'

type Kind<M extends object> = Pick<
  RunSpec<M>,
  'goal' | 'skill' | 'skillVersion' | 'labels' | 'limits' | 'memory'
>

/** A loop that says when it will be heard of, so that people see when it is not. */
export interface LoopSpec<M extends object = Memory>
  extends
    Kind<M>,
    Pick<CarryOptions, 'resumes' | 'onHold'>,
    Pick<ServeOptions, 'atATime' | 'pollMs' | 'signal' | 'ended'> {
  readonly agent: string
  /** Unique among the agent's loops; also the skill of its runs, unless that is given. */
  readonly name: string
  /** Five fields, minute to day of the week: `0 3 * * 1-5`. Either this or `event`. */
  readonly cron?: string
  /** An IANA name in which `cron` is read; UTC unless given. */
  readonly timeZone?: string
  /** Milliseconds that a firing may be late; 60,000 unless given. */
  readonly graceMs?: number
  /** Fire the latest time that was missed while no worker was there; only that one. */
  readonly catchUp?: boolean
  /** What fires it where no schedule does, in words. */
  readonly event?: string
  /** Milliseconds within which such a loop is expected to fire again. */
  readonly expectMs?: number
}

const GRACE_MS = 60_000
/** A timer does not notice that its machine slept. */
const LOOK_AT_CLOCK_MS = 60_000
const AWAY_MS = 1000
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const skillOf = (loop: LoopSpec<object>): string => loop.skill ?? loop.name

/** One loop of a worker: what it declares, and when it fires. */
export class Loop {
  readonly spec: LoopSpec<object>
  readonly #host: SessionHost
  readonly #schedule: LoopSchedule | undefined

  /** @throws TypeError, RangeError for what is no schedule */
  constructor(spec: LoopSpec<object>, host: SessionHost) {
    if ((spec.cron === undefined) === (spec.event === undefined)) {
      throw new TypeError(`Loop "${spec.name}" needs either a cron schedule or an event.`)
    }
    this.spec = spec
    this.#host = host
    this.#schedule =
      spec.cron === undefined ? undefined : new LoopSchedule(spec.cron, spec.timeZone ?? 'UTC')
  }

  get #graceMs(): number {
    return this.spec.graceMs ?? GRACE_MS
  }

  async declare(): Promise<void> {
    const { agent, name, goal, timeZone, event, expectMs, graceMs } = this.spec
    const text = JSON.stringify({
      agentId: agent,
      name,
      goal: goal === undefined ? undefined : shortText(goal, 4000),
      cron: this.#schedule?.cron,
      timeZone,
      event,
      expectMs,
      graceMs,
    })
    await this.#query('select declare_loop($1::jsonb)', [text])
  }

  /**
   * Leaves a run of it in the queue. A due time is fired once, whichever worker is the first. `signal` ends the waiting
   * for a database that is away.
   * @returns its id; undefined when something else has fired that time
   */
  async fire(
    dueAt: Date | undefined,
    memory?: object,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const { agent, name, goal, skillVersion, labels, limits } = this.spec
    const id =
      dueAt === undefined
        ? crypto.randomUUID()
        : stableId('firing', agent, name, dueAt.toISOString())
    const given = memory ?? this.spec.memory
    const run: RunSpec<object> = {
      loop: name,
      skill: skillOf(this.spec),
      ...(goal !== undefined && { goal }),
      ...(skillVersion !== undefined && { skillVersion }),
      ...(labels !== undefined && { labels }),
      ...(limits !== undefined && { limits }),
      ...(dueAt !== undefined && { dueAt }),
      ...(given !== undefined && { memory: given }),
    }
    try {
      return await enqueueRun(this.#host, run, { id, agent }, signal)
    } catch (error) {
      if (dueAt !== undefined && hasCode(error, 'NOTHING_TO_DO')) return undefined
      throw error
    }
  }

  /** Fires whenever it is due, until `stop`. `fired` is told each time that there may be work. */
  async keepTime(stop: AbortSignal, fired: () => void): Promise<void> {
    const schedule = this.#schedule
    if (schedule === undefined) return
    for (let since = await this.#lastFired(); !stop.aborted;) {
      const now = new Date()
      const due = schedule.latest(since, now)
      const inTime = due !== undefined && now.getTime() - due.getTime() <= this.#graceMs
      const wanted = inTime || this.spec.catchUp === true
      if (due !== undefined && wanted && !(await this.#fireUnlessAway(due, stop, fired))) continue
      since = due ?? since
      const next = schedule.next(now)
      if (next === null) return
      const ms = Math.min(next.getTime() - Date.now(), LOOK_AT_CLOCK_MS)
      await pause(Math.max(0, ms), stop).catch(() => undefined)
    }
  }

  /** @returns false when the database was away for longer than this worker waits: it is to be tried again */
  async #fireUnlessAway(due: Date, stop: AbortSignal, fired: () => void): Promise<boolean> {
    const inTime = this.#whileInTime(due, stop)
    try {
      await this.fire(due, undefined, inTime)
      fired()
      return true
    } catch (error) {
      // Told to stop, or missed: the database was away for longer than a firing may be late.
      if (inTime.aborted) return true
      if (!(error instanceof DatabaseAwayError)) throw error
      await pause(AWAY_MS, stop).catch(() => undefined)
      return false
    }
  }

  #whileInTime(due: Date, stop: AbortSignal): AbortSignal {
    if (this.spec.catchUp === true) return stop
    const left = due.getTime() + this.#graceMs - Date.now()
    return AbortSignal.any([
      stop,
      AbortSignal.timeout(Math.min(Math.max(left, 0), LONGEST_TIMER_MS)),
    ])
  }

  /** The time from which on due times count: the last that was fired, or when this schedule was declared. */
  async #lastFired(): Promise<Date> {
    const [row] = await this.#query<{ since: Date }>(
      `select greatest(l.declared_at, max(f.due_at) filter (where f.fired_at is not null)) as since
       from loops l left join loop_firings f on f.agent_id = l.agent_id and f.loop = l.name
       where l.agent_id = $1 and l.name = $2 group by l.declared_at`,
      [this.spec.agent, this.spec.name],
    )
    return row?.since ?? new Date()
  }

  async #query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    const call = { signal: this.#host.workerSignal, first: true }
    return this.#host.database.query<Row>(sql, values, call)
  }
}
