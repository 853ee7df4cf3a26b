import type { HealthFact, HealthVerdict } from '@holdpoint/protocol'

import type { MarkShape, Tone } from '../runs/stateLook'

interface Look {
  readonly word: string
  readonly shape: MarkShape
  readonly tone: Tone
  readonly className: string
}

export const verdictLooks = {
  ok: { word: 'Fine', shape: 'check', tone: 'good', className: 'text-muted' },
  look: { word: 'Look', shape: 'bars', tone: 'holding', className: 'text-holding font-medium' },
  bad: { word: 'Bad', shape: 'cross', tone: 'bad', className: 'text-bad font-medium' },
  unread: { word: 'Not read', shape: 'broken-link', tone: 'holding', className: 'text-holding' },
} as const satisfies Record<HealthVerdict, Look>

/** All of it in one line: how many are bad, then how many to look at, then what could not be told. */
export function summaryOf(facts: readonly HealthFact[]): string {
  const n = (verdict: HealthVerdict): number =>
    facts.filter((fact) => fact.verdict === verdict).length
  const parts = [
    [n('bad'), 'bad'],
    [n('look'), 'to look at'],
    [n('unread'), 'could not be read'],
  ] as const
  const told = parts.flatMap(([many, word]) => (many === 0 ? [] : [`${many} ${word}`]))
  return told.length === 0 ? `All ${facts.length} are fine.` : `${told.join(', ')}.`
}
