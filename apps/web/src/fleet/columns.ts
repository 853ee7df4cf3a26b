import { usualColumns, type ColumnId } from './columnIds.ts'
import type { Sort } from './search.ts'

interface Column {
  readonly title: string
  /** Least width in rem, and how many parts it takes of what is left over, or where its growth ends. */
  readonly least: number
  readonly most: number | { readonly parts: number }
  /** Width in rem while no run has anything to say in it: its title's. */
  readonly bare?: number
  readonly right?: true
  /** The order that a click on its head asks for. */
  readonly sort?: Sort
}

/** A table has many narrow columns; what a person reads first takes what the others do not need. */
export const columns: Record<ColumnId, Column> = {
  state: { title: 'State', least: 7.5, most: 7.5, sort: 'attention' },
  agent: { title: 'Agent · skill', least: 7, most: { parts: 0.8 }, sort: 'agent' },
  goal: { title: 'Goal', least: 9, most: { parts: 1.15 } },
  step: { title: 'Step', least: 5.5, most: { parts: 0.35 } },
  tool: { title: 'Tool, or why it stopped', least: 10, most: { parts: 0.85 }, sort: 'tool' },
  spend: { title: 'Spend', least: 7.25, most: 7.25, bare: 3.5, right: true, sort: 'spend' },
  event: { title: 'Last event', least: 4, most: 4, right: true, sort: 'recent' },
  id: { title: 'Run', least: 5.5, most: 5.5 },
  reason: { title: 'Stop reason', least: 9, most: 12 },
  started: { title: 'Started', least: 4.5, most: 4.5, right: true, sort: 'started' },
  steps: { title: 'Steps', least: 3.5, most: 3.5, right: true, sort: 'steps' },
  drift: { title: 'Drift', least: 5.25, most: 5.25, bare: 3, right: true, sort: 'drift' },
  limits: { title: 'Limits', least: 9, most: 14 },
  version: { title: 'Version', least: 5, most: 7 },
  labels: { title: 'Labels', least: 8, most: 14 },
  loop: { title: 'Loop', least: 6, most: 9 },
  worker: { title: 'Worker', least: 7, most: 10 },
  epoch: { title: 'Epoch', least: 3.5, most: 3.5, right: true },
}

/** Columns in which a run at hand has something to say. */
export type Told = ReadonlySet<ColumnId>

function leastOf(id: ColumnId, told: Told): number {
  const { least, bare } = columns[id]
  return bare === undefined || told.has(id) ? least : bare
}

function track(id: ColumnId, told: Told): string {
  const least = leastOf(id, told)
  const { most } = columns[id]
  if (typeof most === 'object') return `minmax(${least}rem,${most.parts}fr)`
  return most === columns[id].least ? `${least}rem` : `minmax(${least}rem,${most}rem)`
}

/** The box at the head of each row, and the gaps between columns, in rem. */
const checkRem = 1.25
const gapRem = 0.75

export interface TableLayout {
  readonly ids: readonly ColumnId[]
  /** The column that carries the link and the tree. */
  readonly lead: ColumnId
  /** Those that only a wide window has. */
  readonly onlyWide: readonly ColumnId[]
  /** Given to the table as style: rows and head share them. */
  readonly style: Readonly<Record<'--tracks' | '--wide' | '--least', string>>
}

/** Left out where the window is narrow, as long as nobody chose columns. */
const onlyWide: readonly ColumnId[] = ['step', 'drift']

/** How wide each column is. Narrower windows leave some out, or, when a person chose, scroll sideways. */
export function tableLayout(chosen: readonly ColumnId[] | undefined, told: Told): TableLayout {
  const ids = chosen ?? usualColumns
  const lead = ids.includes('goal') ? 'goal' : ids.includes('id') ? 'id' : (ids[0] ?? 'goal')
  const least = ids.reduce((sum, id) => sum + leastOf(id, told) + gapRem, checkRem + 1.5)
  const tracks = (shown: readonly ColumnId[]): string =>
    [`${checkRem}rem`, ...shown.map((id) => track(id, told))].join(' ')
  return {
    ids,
    lead,
    onlyWide: chosen === undefined ? onlyWide : [],
    style: {
      '--tracks': tracks(chosen ?? ids.filter((id) => !onlyWide.includes(id))),
      '--wide': tracks(ids),
      '--least': chosen === undefined ? '0' : `${least}rem`,
    },
  }
}
