import { pause } from './backoff.ts'
import { hasCode } from './database-errors.ts'
import { enqueueRun } from './enqueue.ts'
import { DatabaseAwayError, HoldpointError } from './errors.ts'
import { stableId } from './keys.ts'
import type { LeaseHost } from './leased-run.ts'
import { limitsJson } from './limits.ts'
import { LoopSchedule } from './loop-schedule.ts'
import { errorText, shortText } from './payload.ts'
import type { ServeOptions } from './serve.ts'
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

/** Another try may fare better. */
const passes = (error: HoldpointError): boolean =>
  error instanceof DatabaseAwayError || error.code === 'RUN_BUSY'

/** One loop of a worker: what it declares, and when it fires. */
export class Loop {
  readonly spec: LoopSpec<object>
  readonly #host: LeaseHost
  readonly #schedule: LoopSchedule | undefined
  #told: string | undefined

  /** @throws TypeError, RangeError for what is no schedule or no limit */
  constructor(spec: LoopSpec<object>, host: LeaseHost) {
    if ((spec.cron === undefined) === (spec.event === undefined)) {
      throw new TypeError(`Loop "${spec.name}" needs either a cron schedule or an event.`)
    }
    // Found out at the first firing it would be told as trouble, again and again.
    limitsJson(spec.limits)
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

  /**
   * Fires whenever it is due, until `stop`, or until it is found that an operator has retired it. `fired` is told each
   * time that there may be work.
   */
  async keepTime(stop: AbortSignal, fired: () => void): Promise<void> {
    const schedule = this.#schedule
    if (schedule === undefined) return
    for (let since = await this.#lastFired(); !stop.aborted;) {
      const now = new Date()
      const due = schedule.latest(since, now)
      const inTime = due !== undefined && now.getTime() - due.getTime() <= this.#graceMs
      const wanted = inTime || this.spec.catchUp === true
      if (due !== undefined && wanted) {
        const came = await this.#tryToFire(due, stop, fired)
        if (came === 'retired') return
        if (came === 'again') continue
      }
      since = due ?? since
      const next = schedule.next(now)
      if (next === null) return
      const ms = Math.min(next.getTime() - Date.now(), LOOK_AT_CLOCK_MS)
      await pause(Math.max(0, ms), stop).catch(() => undefined)
    }
  }

  /** A refusal that stays one is thrown; what may pass is said once and tried again for as long as it is in time. */
  async #tryToFire(
    due: Date,
    stop: AbortSignal,
    fired: () => void,
  ): Promise<'over' | 'again' | 'retired'> {
    const inTime = this.#whileInTime(due, stop)
    try {
      await this.fire(due, undefined, inTime)
      this.#told = undefined
      fired()
      return 'over'
    } catch (error) {
      // Told to stop, or missed: the database was away for longer than a firing may be late.
      if (inTime.aborted) return 'over'
      if (hasCode(error, 'INVALID_INPUT') && (await this.#isRetired())) return 'retired'
      if (error instanceof HoldpointError && !passes(error)) throw error
      this.#tell(error)
      await pause(AWAY_MS, stop).catch(() => undefined)
      return 'again'
    }
  }

  /** An operator retires a loop that nobody should run any more; its runs that are queued are still to be done. */
  async #isRetired(): Promise<boolean> {
    const { agent, name } = this.spec
    const rows = await this.#query('select from loops where agent_id = $1 and name = $2', [
      agent,
      name,
    ])
    if (rows.length > 0) return false
    this.#host.log(
      `Loop "${name}" of agent "${agent}" was retired: it fires no more until it is declared again.`,
    )
    return true
  }

  /** Once for each trouble; a database that is away says so itself. */
  #tell(error: unknown): void {
    const why = errorText(error)
    if (error instanceof DatabaseAwayError || why === this.#told) return
    this.#told = why
    this.#host.log(`Loop "${this.spec.name}" could not be fired (${why}); trying again.`)
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
