import type { HistoryWindow } from '@holdpoint/protocol'

export const windowWords: Record<HistoryWindow, string> = {
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
}

const numbers = {
  table: 'border-collapse text-small',
  caption: 'label pb-1 text-left',
  // As wide as the table, which on a phone is wider than the screen.
  words: 'block max-w-[88vw]',
  head: 'label bg-bg sticky top-0',
  row: 'border-line border-t',
  time: 'h-6 pr-4 text-left font-mono font-normal whitespace-nowrap',
  number: 'h-6 px-2 text-right font-normal whitespace-nowrap',
}

const unseen: typeof numbers = {
  table: 'sr-only',
  caption: '',
  words: '',
  head: '',
  row: '',
  time: '',
  number: '',
}

/** How the numbers of a chart look where they are shown in its place; else they are there for who does not see it. */
export const tableLook = (shown: boolean): typeof numbers => (shown ? numbers : unseen)
