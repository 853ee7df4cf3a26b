import { instantOfMs } from '../../time/instant.ts'
import { beginOf, endOf, instantOf, type Item } from './items.ts'

/** Where an item leads: to its moment in its run, or, of what no run's history has, to the row of the log. */
export type Way =
  | {
      readonly to: 'moment'
      readonly runId: string
      readonly at: string
      /** The event that is opened beside the run's timeline. */
      readonly seq?: number
    }
  | { readonly to: 'audit'; readonly id: string; readonly at: string }

/** @param pressed the instant (ms) of it that was pointed at; without one it leads to its beginning */
export function wayOf(item: Item, pressed?: number): Way {
  const at = pressed === undefined ? instantOf(item) : pointedAt(item, pressed)
  switch (item.kind) {
    case 'run':
      return { to: 'moment', runId: item.run.id, at }
    case 'hold':
      return { to: 'moment', runId: item.hold.runId, at }
    case 'stretch':
      return { to: 'moment', runId: item.stretch.runId, at }
    case 'mark':
      return { to: 'moment', runId: item.mark.runId, at, seq: item.mark.seq }
    case 'act':
      return { to: 'audit', id: item.act.id, at }
  }
}

/** What was pointed at within the item: a pointer takes it from a little beside it, too. */
function pointedAt(item: Item, pressed: number): string {
  const inside = Math.min(pressed, endOf(item))
  return inside <= beginOf(item) ? instantOf(item) : instantOfMs(inside)
}
