import type { PictureLane, PlacedHold, PlacedMark, PlacedRun, PlacedTool } from './picture.ts'
import type { Span } from './span.ts'

/** What a cursor can be on. */
export type Item =
  | (PlacedRun & { readonly kind: 'run' })
  | (PlacedHold & { readonly kind: 'hold' })
  | (PlacedTool & { readonly kind: 'tool' })
  | (PlacedMark & { readonly kind: 'mark' })

export const beginOf = (item: Item): number => (item.kind === 'mark' ? item.at : item.from)
export const endOf = (item: Item): number => (item.kind === 'mark' ? item.at : item.to)

export function runIdOf(item: Item): string {
  switch (item.kind) {
    case 'run':
      return item.run.id
    case 'hold':
      return item.hold.runId
    case 'tool':
      return item.tool.runId
    case 'mark':
      return item.mark.runId
  }
}

/** The same for the same thing, in whatever picture it is. */
export function keyOf(item: Item): string {
  switch (item.kind) {
    case 'run':
      return `run ${item.run.id}`
    case 'hold':
      return `hold ${item.hold.runId} ${item.hold.kind} ${item.hold.from}`
    case 'tool':
      return `tool ${item.tool.runId} ${item.tool.from}`
    case 'mark':
      return `mark ${item.mark.runId} ${item.mark.seq}`
  }
}

/** The instant as the database wrote it, to the microsecond, that the item begins at. */
export function instantOf(item: Item): string {
  switch (item.kind) {
    case 'run':
      return item.run.from
    case 'hold':
      return item.hold.from
    case 'tool':
      return item.tool.from
    case 'mark':
      return item.mark.at
  }
}

const order: Readonly<Record<Item['kind'], number>> = { run: 0, hold: 1, tool: 2, mark: 3 }

/** All of a lane that reaches into a span, in the order of time. */
export function itemsOf(lane: PictureLane, span: Span): readonly Item[] {
  const inside = <T extends { readonly from: number; readonly to: number }>(all: readonly T[]) =>
    all.filter(({ from, to }) => from <= span.to && to >= span.from)
  const items: Item[] = [
    ...inside(lane.runs).map((each) => ({ ...each, kind: 'run' as const })),
    ...inside(lane.holds).map((each) => ({ ...each, kind: 'hold' as const })),
    ...inside(lane.tools ?? []).map((each) => ({ ...each, kind: 'tool' as const })),
    ...lane.marks
      .filter(({ at }) => at >= span.from && at <= span.to)
      .map((each) => ({ ...each, kind: 'mark' as const })),
  ]
  return items.toSorted((a, b) => beginOf(a) - beginOf(b) || order[a.kind] - order[b.kind])
}
