/** How large a history is to be. */
export interface Size {
  readonly runs: number
  readonly events: number
  /** Runs that live at any instant. */
  readonly alive: number
  /** More that live at the crowded instant. */
  readonly crowd: number
}

/** When every run lives and when each of its events is; times in ms since 1970. */
export interface Plan {
  readonly begins: number
  readonly ends: number
  /** An instant at which the crowd lives, too. */
  readonly crowded: number
  /** An instant at which as many live as at any later one: what is asked about the past is asked of it. */
  readonly asked: number
  readonly agents: readonly string[]
  readonly from: Float64Array
  readonly to: Float64Array
  /** Time and run of each event in one number, ascending. */
  readonly moments: Float64Array
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Runs in a moment's lower bits. */
const room = 2 ** 20

export const timeOf = (begins: number, moment: number): number => begins + Math.floor(moment / room)
export const runOf = (moment: number): number => moment % room

/** The same sequence each time: a benchmark is compared with itself. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** As many runs at a time and as many events of each, for a tenth of the time. */
export function tenthOf({ runs, events, crowd, ...size }: Size): Size {
  const fewer = Math.ceil((runs - crowd) / 10) + crowd
  return { ...size, crowd, runs: fewer, events: Math.ceil((events / runs) * fewer) }
}

/**
 * A fleet that goes on as it is: so many runs at a time, each for a day or so, until `runs` have been. A history of ten
 * times the size is one of ten times the length. A crowd lives for some hours in its middle.
 */
export function planOf({ runs, events, alive, crowd }: Size, now: number): Plan {
  const random = chance(7)
  const usual = runs - crowd
  const lifeMs = dayMs
  const spanMs = Math.max(2 * dayMs, (usual / alive) * lifeMs)
  const begins = Math.floor(now - spanMs)
  const crowded = begins + Math.floor(spanMs / 2)
  // Days after the beginning, when nothing had run for long, and after the crowd.
  const asked = begins + Math.floor(spanMs * 0.7)
  const from = new Float64Array(runs)
  const to = new Float64Array(runs)
  for (let run = 0; run < runs; run++) {
    if (run < crowd) {
      from[run] = crowded - hourMs + random() * hourMs * 0.9
      to[run] = crowded + random() * 2 * hourMs + 1
    } else {
      from[run] = begins + random() * spanMs - (random() < 0.02 ? 0.5 * lifeMs : 0)
      // Most are short beside their mean, some are long.
      to[run] = (from[run] ?? 0) + 60_000 - Math.log(1 - random()) * lifeMs
    }
    from[run] = Math.max(begins, Math.floor(from[run] ?? 0))
    to[run] = Math.floor(to[run] ?? 0)
  }
  const moments = new Float64Array(
    momentsOf({ runs, events }, { begins, ends: now, from, to }, random),
  )
  moments.sort()
  const agents = Array.from({ length: 40 }, (_, n) => `agent-${String(n + 1).padStart(2, '0')}`)
  return { begins, ends: now, crowded, asked, agents, from, to, moments }
}

function momentsOf(
  { runs, events }: Pick<Size, 'runs' | 'events'>,
  { begins, ends, from, to }: Pick<Plan, 'begins' | 'ends' | 'from' | 'to'>,
  random: () => number,
): number[] {
  const moments: number[] = []
  const mean = events / runs
  for (let run = 0; run < runs; run++) {
    // One run in a thousand is fifty times as long as the others.
    const share = random() < 0.001 ? 50 : 0.95
    const count = Math.max(2, Math.round(mean * share * (0.4 + 1.2 * random())))
    const [start, end] = [from[run] ?? 0, to[run] ?? 0]
    for (let nth = 0; nth < count; nth++) {
      const at = nth === 0 ? start : nth === count - 1 ? end : start + random() * (end - start)
      if (at < ends) moments.push(Math.floor(at - begins) * room + run)
    }
  }
  return moments
}
