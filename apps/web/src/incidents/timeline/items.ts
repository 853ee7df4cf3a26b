import type {
  PictureLane,
  PlacedAct,
  PlacedHold,
  PlacedMark,
  PlacedRun,
  PlacedStretch,
} from './picture.ts'
import type { Span } from './span.ts'

/** What a cursor can be on. */
export type Item =
  | (PlacedRun & { readonly kind: 'run' })
  | (PlacedHold & { readonly kind: 'hold' })
  | (PlacedStretch & { readonly kind: 'stretch' })
  | (PlacedMark & { readonly kind: 'mark' })
  | (PlacedAct & { readonly kind: 'act' })

export const beginOf = (item: Item): number => ('at' in item ? item.at : item.from)
export const endOf = (item: Item): number => ('at' in item ? item.at : item.to)

/** Null: it is about no run alone. */
export function runIdOf(item: Item): string | null {
  switch (item.kind) {
    case 'run':
      return item.run.id
    case 'hold':
      return item.hold.runId
    case 'stretch':
      return item.stretch.runId
    case 'mark':
      return item.mark.runId
    case 'act':
      return item.act.runId
  }
}

/** The same for the same thing, in whatever picture it is. */
export function keyOf(item: Item): string {
  switch (item.kind) {
    case 'run':
      return `run ${item.run.id}`
    case 'hold':
      return `hold ${item.hold.runId} ${item.hold.kind} ${item.hold.from}`
    case 'stretch':
      return `${item.stretch.of} ${item.stretch.runId} ${item.stretch.from}`
    case 'mark':
      return `mark ${item.mark.runId} ${item.mark.seq}`
    case 'act':
      return `act ${item.act.id}`
  }
}

/** The instant as the database wrote it, to the microsecond, that the item begins at. */
export function instantOf(item: Item): string {
  switch (item.kind) {
    case 'run':
      return item.run.from
    case 'hold':
      return item.hold.from
    case 'stretch':
      return item.stretch.from
    case 'mark':
      return item.mark.at
    case 'act':
      return item.act.at
  }
}

/** Of those that begin at one instant the wider come first. */
const order = { run: 0, hold: 1, step: 2, tool: 3, mark: 4, act: 5 } as const

const placeOf = (item: Item): number => order[item.kind === 'stretch' ? item.stretch.of : item.kind]

/** All of a lane that reaches into a span, in the order of time. */
export function itemsOf(lane: PictureLane, span: Span): readonly Item[] {
  const inside = <T extends { readonly from: number; readonly to: number }>(all: readonly T[]) =>
    all.filter(({ from, to }) => from <= span.to && to >= span.from)
  const within = <T extends { readonly at: number }>(all: readonly T[]) =>
    all.filter(({ at }) => at >= span.from && at <= span.to)
  const items: Item[] = [
    ...inside(lane.runs).map((each) => ({ ...each, kind: 'run' as const })),
    ...inside(lane.holds).map((each) => ({ ...each, kind: 'hold' as const })),
    ...inside(lane.stretches ?? []).map((each) => ({ ...each, kind: 'stretch' as const })),
    ...within(lane.marks).map((each) => ({ ...each, kind: 'mark' as const })),
    ...within(lane.acts).map((each) => ({ ...each, kind: 'act' as const })),
  ]
  return items.toSorted((a, b) => beginOf(a) - beginOf(b) || placeOf(a) - placeOf(b))
}
