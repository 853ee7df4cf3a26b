import type { LimitName, Limits, Run } from '@holdpoint/protocol'

import { usd } from '../time/format.ts'

/** A limit that was declared, beside what is used of it. */
export interface LimitRow {
  readonly name: LimitName
  readonly word: string
  readonly used: string
  readonly limit: string
  readonly usedUp: boolean
  /** As much again as there was; a deadline an hour from now. */
  readonly suggestion: string
}

const hourMs = 60 * 60_000
const pad = (n: number) => String(n).padStart(2, '0')

/** What a field for a local date and time shows and gives back. */
export function localTime(ms: number): string {
  const d = new Date(ms)
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`
}

const count = (n: number) => n.toLocaleString('en')

/** The limits of a run in the order in which they are told; those without a limit are not. */
export function limitRows({ spend, steps, limits }: Run, now: number): readonly LimitRow[] {
  const tokens = spend.tokensIn + spend.tokensOut
  const of = (name: 'tokens' | 'costUsd' | 'steps', word: string, used: number) => {
    const limit = limits[name]
    if (limit === null) return []
    const show = name === 'costUsd' ? usd : count
    const more = Math.max(used, limit) + limit
    const suggestion = name === 'costUsd' ? more.toFixed(2) : String(Math.ceil(more))
    const row = { name, word, used: show(used), limit: show(limit), usedUp: used >= limit }
    return [{ ...row, suggestion }]
  }
  const deadline = limits.deadline === null ? null : Date.parse(limits.deadline)
  const rows: readonly LimitRow[] = [
    ...of('costUsd', 'Money (USD)', spend.costUsd),
    ...of('tokens', 'Tokens', tokens),
    ...of('steps', 'Steps', steps),
  ]
  if (deadline === null) return rows
  const row: LimitRow = {
    name: 'deadline',
    word: 'Deadline',
    used: deadline <= now ? 'passed' : 'not yet',
    limit: localTime(deadline).replace('T', ' '),
    usedUp: deadline <= now,
    suggestion: localTime(Math.max(now, deadline) + hourMs),
  }
  return [...rows, row]
}

export type Wanted =
  | { readonly ok: true; readonly limits: Partial<Limits> }
  | { readonly ok: false; readonly because: string; readonly at: LimitName }

const numberOf = (typed: string): number => Number(typed.replaceAll(/[,\s_$]/g, ''))

/** The new limits as typed: above what is used where it is used up, never below the limit there is. */
export function wantedLimits(
  run: Run,
  typed: Readonly<Partial<Record<LimitName, string>>>,
  now: number,
): Wanted {
  const limits: { -readonly [K in LimitName]?: Limits[K] } = {}
  const used = {
    costUsd: run.spend.costUsd,
    tokens: run.spend.tokensIn + run.spend.tokensOut,
    steps: run.steps,
  }
  for (const { name, word, usedUp } of limitRows(run, now)) {
    const text = typed[name]?.trim() ?? ''
    const wrong = (because: string): Wanted => ({
      ok: false,
      because: `${word}: ${because}`,
      at: name,
    })
    if (text === '' && !usedUp) continue
    if (name === 'deadline') {
      const at = Date.parse(text)
      if (Number.isNaN(at)) return wrong('say until when.')
      if (at <= now) return wrong('that is past already.')
      if (at < Date.parse(run.limits.deadline ?? '')) return wrong('a limit is only raised.')
      limits.deadline = new Date(at).toISOString()
      continue
    }
    const value = numberOf(text)
    if (text === '' || !Number.isFinite(value) || value <= 0) return wrong('say how much.')
    if (name !== 'costUsd' && !Number.isInteger(value)) return wrong('a whole number, please.')
    if (value <= used[name]) return wrong('that is used up already.')
    if (value < (run.limits[name] ?? 0)) return wrong('a limit is only raised.')
    if (value !== run.limits[name]) limits[name] = value
  }
  return { ok: true, limits }
}
