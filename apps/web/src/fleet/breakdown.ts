import type { Trouble } from './asking.ts'
import type { Attention } from './attention.ts'

const troubleWords: Record<Trouble, readonly [one: string, many: string]> = {
  approval: ['approval', 'approvals'],
  outcome: ['outcome unknown', 'outcomes unknown'],
  overdue: ['loop overdue', 'loops overdue'],
  budget: ['budget used up', 'budgets used up'],
  drift: ['drifting', 'drifting'],
  stopped: ['stopped', 'stopped'],
  failed: ['failed', 'failed'],
}

/** "4 approvals · 1 outcome unknown · 3 failed": what the number stands for, most urgent first. */
export function breakdown(items: readonly Attention[]): string {
  const counts = new Map<Trouble, number>()
  for (const { trouble } of items) counts.set(trouble, (counts.get(trouble) ?? 0) + 1)
  return [...counts]
    .map(([trouble, n]) => `${n.toLocaleString('en')} ${troubleWords[trouble][n === 1 ? 0 : 1]}`)
    .join(' · ')
}
