import type { Run } from '@holdpoint/protocol'

import type { ColumnId } from './columnIds.ts'
import type { Told } from './columns.ts'

/** What a run may have nothing to say of, and whether it has: columns of the table, facts beside a request. */
export const says = {
  drift: ({ drift }: Run) => drift !== null,
  spend: ({ spend, limits }: Run) =>
    spend.costUsd > 0 ||
    spend.tokensIn + spend.tokensOut > 0 ||
    limits.costUsd !== null ||
    limits.tokens !== null,
} satisfies Partial<Record<ColumnId, (run: Run) => boolean>>

const asked = Object.keys(says) as readonly (keyof typeof says)[]

/** Columns with something in them. Once found they are not looked for again: `before` is kept where nothing is new. */
export function toldOf(runs: Iterable<{ readonly run: Run }>, before: Told): Told {
  let open = asked.filter((id) => !before.has(id))
  if (open.length === 0) return before
  const found = new Set(before)
  for (const { run } of runs) {
    for (const id of open) if (says[id](run)) found.add(id)
    if (found.size > before.size) open = open.filter((id) => !found.has(id))
    if (open.length === 0) break
  }
  return found.size === before.size ? before : found
}
