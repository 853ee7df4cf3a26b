import type { Run } from '@holdpoint/protocol'

import { compact, usd } from '../time/format'

/** The tightest declared limit: money first, else tokens. Null when none was declared. */
function limitOf({ spend, limits }: Run): { share: number; text: string } | null {
  if (limits.costUsd !== null) {
    return {
      share: spend.costUsd / limits.costUsd,
      text: `${usd(spend.costUsd)} / ${usd(limits.costUsd)}`,
    }
  }
  const tokens = spend.tokensIn + spend.tokensOut
  if (limits.tokens !== null) {
    return {
      share: tokens / limits.tokens,
      text: `${compact(tokens)} / ${compact(limits.tokens)} tok`,
    }
  }
  return null
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
  const over = limit.share >= 0.9
  return (
    <span className="inline-flex flex-col gap-0.5 leading-4">
      <span className={over ? 'text-holding' : ''}>{limit.text}</span>
      <span aria-hidden className="bg-line block h-0.5 w-20 overflow-hidden rounded-full">
        <span
          className={`block h-full origin-left ${over ? 'bg-holding' : 'bg-muted'}`}
          style={{ transform: `scaleX(${share})` }}
        />
      </span>
    </span>
  )
}
