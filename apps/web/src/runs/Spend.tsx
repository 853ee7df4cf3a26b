import type { Run } from '@holdpoint/protocol'

import { compact, usd } from '../time/format'

interface Limit {
  readonly share: number
  readonly used: string
  readonly of: string
}

/** The tightest declared limit: money first, else tokens. Null when none was declared. */
function limitOf({ spend, limits }: Run): Limit | null {
  if (limits.costUsd !== null) {
    const share = spend.costUsd / limits.costUsd
    return { share, used: usd(spend.costUsd), of: usd(limits.costUsd) }
  }
  const tokens = spend.tokensIn + spend.tokensOut
  if (limits.tokens === null) return null
  return {
    share: tokens / limits.tokens,
    used: compact(tokens),
    of: `${compact(limits.tokens)} tok`,
  }
}

/** What a run has used; a thin bar only where a limit says how much is too much. */
export function Spend({ run }: { readonly run: Run }) {
  const limit = limitOf(run)
  const tokens = run.spend.tokensIn + run.spend.tokensOut
  if (limit === null) {
    if (run.spend.costUsd === 0 && tokens === 0) return <span className="text-muted">–</span>
    return <span>{run.spend.costUsd > 0 ? usd(run.spend.costUsd) : `${compact(tokens)} tok`}</span>
  }
  const share = Math.min(1, Math.max(0, limit.share))
  const near = limit.share >= 0.9
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="bg-line block h-1 w-6 shrink-0 overflow-hidden rounded-full">
        <span
          className={`block h-full origin-left ${near ? 'bg-holding' : 'bg-muted'}`}
          style={{ transform: `scaleX(${share})` }}
        />
      </span>
      <span className={near ? 'text-holding' : ''}>
        {limit.used}
        <span className={near ? '' : 'text-muted'}> / {limit.of}</span>
      </span>
    </span>
  )
}
