import type { Loop, LoopFiring } from '@holdpoint/protocol'
import { toString as cronInWords } from 'cronstrue'

import { clockTime, dateTime, duration } from '../time/format.ts'

/** "At 03:00, only on Monday", in the loop's own zone; or what starts it instead of a clock. */
export function scheduleWords({ cron, timeZone, event, expectMs }: Loop): string {
  if (cron !== null) return `${inWords(cron)}${timeZone === 'UTC' ? ' UTC' : ` (${timeZone})`}`
  const by = event === null ? 'Fires by itself' : `On ${event}`
  return expectMs === null ? by : `${by}, at least every ${duration(expectMs)}`
}

function inWords(cron: string): string {
  try {
    return cronInWords(cron, { use24HourTimeFormat: true })
  } catch {
    // The server reads schedules that this cannot put into words.
    return cron
  }
}

const firingWord = {
  fired: 'on time',
  late: 'late',
  missed: 'missed',
} as const satisfies Record<LoopFiring['state'], string>

/** "Missed: due 20 Nov 03:00:00", "Late: due 03:00:00, fired 03:04:10". */
export function firingWords({ dueAt, firedAt, state }: LoopFiring): string {
  const due = dueAt === null ? 'not scheduled' : `due ${dateTime(Date.parse(dueAt))}`
  const fired = firedAt === null ? '' : `, fired ${clockTime(Date.parse(firedAt))}`
  const word = firingWord[state]
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}: ${due}${fired}`
}

/** "18 on time, 1 late, 1 missed": the marks, for who does not see them. */
export function firingsInWords(firings: readonly LoopFiring[]): string {
  const of = (state: LoopFiring['state']) => firings.filter((each) => each.state === state).length
  return (['fired', 'late', 'missed'] as const)
    .filter((state) => of(state) > 0)
    .map((state) => `${of(state)} ${firingWord[state]}`)
    .join(', ')
}
