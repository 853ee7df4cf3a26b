import { readSchedule, ScheduleError } from './schedule.ts'

/** Times are ms since the epoch, by the database's clock. */
export interface Watched {
  readonly cron: string | null
  readonly timeZone: string
  /** For a loop that an event starts: it fires again within this. */
  readonly expectMs: number | null
  readonly graceMs: number
  readonly declaredAt: number
  /** Up to here every due time was judged. */
  readonly tendedUntil: number | null
  readonly overdueSince: number | null
  readonly lastFiredAt: number | null
  /** Firings since about then, in any order. */
  readonly heard: readonly Heard[]
}

export interface Heard {
  readonly dueAt: number | null
  readonly firedAt: number
}

export interface Verdict {
  readonly until: number
  /** The first due time that is neither fired nor missed: ahead, or behind by less than the grace. */
  readonly nextDueAt: number | null
  /** The first missed time since it was last heard of. */
  readonly overdueSince: number | null
  readonly missed: readonly number[]
  readonly trouble: string | null
}

/** A firing that names no due time may come so much before one: clocks differ. */
const earlyMs = 5_000

/** As tend_loop keeps firings: 90 days. What was missed before would be written down only to be removed. */
const keptMs = 90 * 86_400_000

/** Which firings of a loop are missing now. At most `most` due times are judged; call again while `until` is behind. */
export function judge(loop: Watched, now: number, most: number): Verdict {
  return loop.cron === null ? judgeEvent(loop, now) : judgeCron(loop, loop.cron, now, most)
}

function judgeEvent({ expectMs, graceMs, declaredAt, lastFiredAt }: Watched, now: number): Verdict {
  const nextDueAt = expectMs === null ? null : Math.max(declaredAt, lastFiredAt ?? 0) + expectMs
  const overdue = nextDueAt !== null && now > nextDueAt + graceMs
  return {
    until: now,
    nextDueAt,
    overdueSince: overdue ? nextDueAt : null,
    missed: [],
    trouble: null,
  }
}

function judgeCron(loop: Watched, cron: string, now: number, most: number): Verdict {
  const since = Math.max(loop.declaredAt, loop.tendedUntil ?? 0, now - keptMs)
  try {
    return walk(loop, readSchedule(cron, loop.timeZone).after(since), now, most)
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    const trouble = error.message
    return { until: now, nextDueAt: null, overdueSince: null, missed: [], trouble }
  }
}

function walk(loop: Watched, times: Iterator<number, void>, now: number, most: number): Verdict {
  const missed: number[] = []
  const silence = new Silence(loop)
  const following = (): number => times.next().value ?? Infinity
  let due = following()
  if (due === Infinity) throw new ScheduleError(`"${loop.cron}" never comes`)
  for (let judged = 0; due <= now && judged < most; judged++) {
    const next = following()
    if (answered(loop, due, next)) silence.end()
    else if (due + loop.graceMs > now) break
    else {
      missed.push(due)
      silence.begin(due)
    }
    due = next
  }
  return {
    // What is still to be judged stays ahead of what was.
    until: Math.min(now, due - 1),
    nextDueAt: due === Infinity ? null : due,
    overdueSince: silence.since(),
    missed,
    trouble: null,
  }
}

/** A firing stands for the time that it names, else for the one it came just after. */
const answered = ({ heard, graceMs }: Watched, due: number, following: number): boolean =>
  heard.some(({ dueAt, firedAt }) => {
    const stands = dueAt ?? firedAt
    return due - earlyMs <= stands && stands < following - earlyMs && stands <= due + graceMs
  })

/** Since when nothing was heard of a loop that should have fired. Whatever it fires ends that. */
class Silence {
  readonly #heard: readonly Heard[]
  #since: number | null

  constructor({ heard, overdueSince }: Watched) {
    this.#heard = heard
    this.#since = overdueSince
  }

  /** A due time was missed. */
  begin(due: number): void {
    if (this.#heardBefore(due)) this.#since = null
    this.#since ??= due
  }

  end(): void {
    this.#since = null
  }

  since(): number | null {
    return this.#heardBefore(Infinity) ? null : this.#since
  }

  #heardBefore(end: number): boolean {
    const since = this.#since
    if (since === null) return false
    return this.#heard.some(({ firedAt }) => since - earlyMs <= firedAt && firedAt < end - earlyMs)
  }
}
