import { dateTime } from '../time/format.ts'

/** 20 Nov 03:12:07.482 */
export const preciseDateTime = (ms: number): string =>
  `${dateTime(ms)}.${String(new Date(ms).getMilliseconds()).padStart(3, '0')}`

/** What `<input type=datetime-local>` holds, in the reader's zone, to the second. */
export function localInput(ms: number): string {
  const zone = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - zone).toISOString().slice(0, 19)
}
