import { instantOf, type Item } from './items.ts'

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

export function wayOf(item: Item): Way {
  const at = instantOf(item)
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
