/** At night each model is tried so many times as often. */
const AT_NIGHT = 8

/**
 * How often a property is tried: so often by day, more often each night (`HOLDPOINT_NIGHTLY`), and as often as one says
 * who has a doubt (`HOLDPOINT_MODEL_RUNS`).
 */
export function timesByDay(times: number): number {
  const wanted = process.env['HOLDPOINT_MODEL_RUNS']
  if (wanted !== undefined && wanted !== '') return Number(wanted)
  return process.env['HOLDPOINT_NIGHTLY'] ? times * AT_NIGHT : times
}

/** The work is bounded by its runs; a slow machine only takes longer. In ms. */
export const patienceFor = (times: number): number => 60_000 + times * 2_000
