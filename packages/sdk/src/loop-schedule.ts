import { Cron } from 'croner'

/** When a loop is due: five fields, minute to day of the week, read in a time zone. */
export class LoopSchedule {
  /** As the database keeps it: one space between fields. */
  readonly cron: string
  readonly #cron: Cron

  /** @throws TypeError, RangeError for what is no schedule */
  constructor(cron: string, timeZone: string) {
    this.cron = cron.trim().split(/\s+/).join(' ')
    this.#cron = new Cron(this.cron, { timezone: timeZone, mode: '5-part', paused: true })
    // An unknown time zone is noticed only when it is used.
    this.#cron.nextRun()
  }

  /** The latest due time after `after`, `now` included. */
  latest(after: Date, now: Date): Date | undefined {
    // What it is asked for lies before the reference, which it reads in whole seconds.
    const [latest] = this.#cron.previousRuns(1, new Date(now.getTime() + 1000))
    return latest !== undefined && latest > after ? latest : undefined
  }

  /** Null for a schedule that is never due. */
  next(after: Date): Date | null {
    return this.#cron.nextRun(after)
  }
}
