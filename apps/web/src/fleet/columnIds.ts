/** Every column the table can show, by the name the URL uses. */
export const columnIds = [
  'state',
  'agent',
  'goal',
  'step',
  'tool',
  'spend',
  'event',
  'id',
  'reason',
  'started',
  'steps',
  'drift',
  'limits',
  'version',
  'labels',
  'loop',
  'worker',
  'epoch',
] as const
export type ColumnId = (typeof columnIds)[number]

export const usualColumns: readonly ColumnId[] = [
  'state',
  'agent',
  'goal',
  'step',
  'tool',
  'drift',
  'spend',
  'event',
]

export const isColumn = (text: string): text is ColumnId =>
  (columnIds as readonly string[]).includes(text)

export const sameColumns = (a: readonly ColumnId[], b: readonly ColumnId[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])
