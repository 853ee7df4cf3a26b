import { Cron } from 'croner'

/** A schedule's due times, in ms since the epoch. */
export interface Schedule {
  /** Those after an instant, ascending, without end. */
  readonly after: (instant: number) => Generator<number, void, undefined>
}

/** A schedule that nobody can follow; `message` says why, for the person who wrote it. */
export class ScheduleError extends Error {
  override name = 'ScheduleError'
}

/**
 * Reads five fields in a time zone. By the clock on the wall there: a time that daylight saving leaves out is due
 * when the clocks have moved on, one that comes twice is due once, and what is due each so many minutes goes on
 * through both.
 * @throws ScheduleError
 */
export function readSchedule(cron: string, timeZone: string): Schedule {
  if (!/^\S+( \S+){4}$/.test(cron)) throw new ScheduleError(`"${cron}" has not five fields`)
  return {
    *after(instant) {
      const times = parse(cron, timeZone)
      for (let at: number | undefined = instant; ;) {
        at = next(times, at)
        if (at === undefined) return
        yield at
      }
    },
  }
}

function parse(cron: string, timeZone: string): Cron {
  try {
    return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true })
  } catch (error) {
    throw new ScheduleError(`"${cron}" cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

function next(times: Cron, after: number): number | undefined {
  try {
    return times.nextRun(new Date(after))?.getTime()
  } catch (error) {
    throw new ScheduleError(`it cannot be computed: ${reasonOf(error)}`, { cause: error })
  }
}

/** The library puts its own name in front, and long explanations behind. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^\w+: /, '')
    .split(/\. (?:This|Original|Please)/)[0]
    ?.slice(0, 300) ?? ''
