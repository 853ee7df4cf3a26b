import type { BulkPlan, RunVerb } from '@holdpoint/protocol'

import { oneLine, runTable } from './run-table.ts'

const shown = 200

const willBe: Record<RunVerb, string> = {
  pause: 'To be paused',
  resume: 'To be resumed',
  kill: 'To be killed',
}

/** A dry run as lines of text: what would change, what would be taken along, what would not and why. */
export function planLines({ verb, will, wont, cut }: BulkPlan, now: number): string[] {
  const chosen = will.flatMap(({ run, childOf }) => (childOf === null ? [run] : []))
  const along = will.flatMap(({ run, childOf }) => (childOf === null ? [] : [run]))
  const lines: string[] = []
  const part = (title: string, rows: readonly string[]): void => {
    if (rows.length > 0) lines.push(title, ...rows.map((line) => `  ${line}`), '')
  }
  if (chosen.length > 0) part(`${willBe[verb]}, ${chosen.length}:`, runTable(chosen, now))
  if (along.length > 0)
    part(
      `Below them, killed with them, ${along.length}${cut ? ' and more' : ''}:`,
      runTable(along, now),
    )
  part(`Not to be changed, ${wont.length}:`, [
    ...wont
      .slice(0, shown)
      .map(
        ({ id, run, because }) => `${id.slice(0, 8)}  ${oneLine(run?.agentId ?? '-')}: ${because}`,
      ),
    ...(wont.length > shown ? [`and ${wont.length - shown} more`] : []),
  ])
  return lines.slice(0, -1)
}
