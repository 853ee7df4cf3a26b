import type { Run } from '@holdpoint/protocol'

import { MiddleCut } from '../ui/MiddleCut'
import { visible } from '../ui/visible'
import { Clock } from './Clock'
import { nowOf, nowWords } from './nowWords'

/** What it does now, with the clock on it; or what it waits for; or why it stopped. Whole under the pointer. */
export function NowCell({ run }: { readonly run: Run }) {
  const now = nowOf(run)
  if (now === null) return <span className="text-muted max-md:hidden">–</span>
  const whole = visible(nowWords(run) ?? '')
  if (now.is === 'words') {
    return (
      <span title={whole} className={`block truncate ${now.quiet ? 'text-muted' : ''}`}>
        {visible(now.words)}
      </span>
    )
  }
  const target = now.target === null || now.target === '' ? null : now.target
  return (
    <span title={whole} className="flex min-w-0 gap-1.5">
      <span
        className={`truncate font-mono text-small leading-5 ${target === null ? '' : 'max-w-7/10 shrink-0'}`}
      >
        {visible(now.tool)}
      </span>
      {target !== null && (
        <MiddleCut text={target} className={now.since === null ? '' : 'text-muted max-md:hidden'} />
      )}
      {now.since !== null && (
        <span className="text-muted shrink-0">
          <Clock since={now.since} word="for" />
        </span>
      )}
    </span>
  )
}
