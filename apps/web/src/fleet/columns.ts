import { usualColumns, type ColumnId } from './columnIds.ts'
import type { Sort } from './search.ts'

interface Column {
  readonly title: string
  /** Least width in rem, and whether what is left over goes to it, or a part of that. */
  readonly least: number
  readonly most: number | 'rest' | 'part'
  readonly right?: true
  /** The order that a click on its head asks for. */
  readonly sort?: Sort
}

/** A table has many narrow columns; each is as wide as what it usually holds. */
export const columns: Record<ColumnId, Column> = {
  state: { title: 'State', least: 7.5, most: 7.5, sort: 'attention' },
  agent: { title: 'Agent · skill', least: 7, most: 12, sort: 'agent' },
  goal: { title: 'Goal', least: 12, most: 'rest' },
  step: { title: 'Step', least: 7.5, most: 7.5 },
  tool: { title: 'Tool, or why it stopped', least: 11, most: 'part', sort: 'tool' },
  spend: { title: 'Spend', least: 7.5, most: 7.5, right: true, sort: 'spend' },
  event: { title: 'Last event', least: 4.5, most: 4.5, right: true, sort: 'recent' },
  id: { title: 'Run', least: 5.5, most: 5.5 },
  reason: { title: 'Stop reason', least: 9, most: 12 },
  started: { title: 'Started', least: 4.5, most: 4.5, right: true, sort: 'started' },
  steps: { title: 'Steps', least: 3.5, most: 3.5, right: true, sort: 'steps' },
  drift: { title: 'Drift', least: 5.75, most: 5.75, right: true, sort: 'drift' },
  limits: { title: 'Limits', least: 9, most: 14 },
  version: { title: 'Version', least: 5, most: 7 },
  labels: { title: 'Labels', least: 8, most: 14 },
  loop: { title: 'Loop', least: 6, most: 9 },
  worker: { title: 'Worker', least: 7, most: 10 },
  epoch: { title: 'Epoch', least: 3.5, most: 3.5, right: true },
}

const shares = { rest: '1fr', part: '0.6fr' } as const

function track({ least, most }: Column): string {
  if (most === least) return `${least}rem`
  return `minmax(${least}rem,${typeof most === 'number' ? `${most}rem` : shares[most]})`
}

/** The box at the head of each row, and the gaps between columns, in rem. */
const checkRem = 1.25
const gapRem = 1

export interface TableLayout {
  readonly ids: readonly ColumnId[]
  /** The column that carries the link and the tree. */
  readonly lead: ColumnId
  /** Given to the table as style: rows and head share them. */
  readonly style: Readonly<Record<'--tracks' | '--wide' | '--least', string>>
}

const tracks = (ids: readonly ColumnId[]): string =>
  [`${checkRem}rem`, ...ids.map((id) => track(columns[id]))].join(' ')

/** Left out where the window is narrow, as long as nobody chose columns. */
export const onlyWide: ColumnId = 'step'

/** How wide each column is. Narrower windows leave one out, or, when a person chose, scroll sideways. */
export function tableLayout(chosen: readonly ColumnId[] | undefined): TableLayout {
  const ids = chosen ?? usualColumns
  const lead = ids.includes('goal') ? 'goal' : ids.includes('id') ? 'id' : (ids[0] ?? 'goal')
  const least = ids.reduce((sum, id) => sum + columns[id].least + gapRem, checkRem + 1.5)
  return {
    ids,
    lead,
    style: {
      '--tracks': tracks(chosen ?? ids.filter((id) => id !== onlyWide)),
      '--wide': tracks(ids),
      '--least': chosen === undefined ? '0' : `${least}rem`,
    },
  }
}
