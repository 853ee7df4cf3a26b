import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { useOpenApprovals } from '../approvals/useOpenApprovals'
import { useFleet } from '../live/useLive'
import { useNow } from '../live/useNow'
import { usePhone } from '../ui/useMediaQuery'
import { attentionOf, breakdown, type Attention } from './attention'
import { NeedsYouRow } from './NeedsYouRow'
import { useSeen } from './seen'
import { useStableOrder } from './useStableOrder'

const atMost = 30
const none: readonly Attention[] = []

function useAttention(): readonly Attention[] {
  const { runs } = useFleet()
  const approvals = useOpenApprovals()
  const seen = useSeen()
  const now = useNow()
  // Ages matter to the minute here; each second would only sort the same list again.
  const minute = now === null ? null : Math.floor(now / 30_000) * 30_000
  const rows = approvals.data?.rows
  return useMemo(
    () => (minute === null ? none : attentionOf(runs, rows ?? [], minute, seen)),
    [runs, rows, minute, seen],
  )
}

/** What needs a person, before everything else: a short list, never a log. */
export function NeedsYou({ frozen }: { readonly frozen: boolean }) {
  const items = useAttention()
  const phone = usePhone()
  const [all, setAll] = useState(false)
  const keys = useMemo(() => items.map((item) => item.key), [items])
  const { ids, pending } = useStableOrder(keys, frozen)
  const byKey = new Map(items.map((item) => [item.key, item]))
  const few = phone ? 4 : 6
  const present = ids.flatMap((key) => byKey.get(key) ?? [])
  const shown = present.slice(0, all ? atMost : few)
  const total = items.length

  return (
    <section aria-label="Needs you" className="border-line shrink-0 border-b">
      <div className="flex h-8 items-center gap-2 px-3">
        <h2 className="text-small whitespace-nowrap">Needs you</h2>
        <span
          className={total > 0 ? 'text-small font-medium' : 'label'}
          data-testid="needs-you-count"
        >
          {total}
        </span>
        {pending > 0 && <span className="text-asking text-small">{pending} new</span>}
        <span className="label truncate">
          {total === 0 ? 'Nothing waits for a person.' : breakdown(items)}
        </span>
        {total > few && (
          <button
            type="button"
            className="label hover:text-text ml-auto shrink-0 underline"
            onClick={() => setAll(!all)}
          >
            {all ? 'Show fewer' : `Show ${Math.min(total, atMost)}`}
          </button>
        )}
      </div>
      <ul className={`overflow-y-auto ${all ? 'max-h-[45dvh]' : ''}`}>
        {shown.map((item) => (
          <NeedsYouRow key={item.key} item={item} />
        ))}
        {all && total > atMost && (
          <li className="text-muted border-line flex h-8 items-center border-t px-3">
            <Link
              to="/"
              search={{ state: ['needs_approval', 'lost', 'paused', 'failed'], sort: 'attention' }}
              className="underline"
            >
              and {total - atMost} more
            </Link>
          </li>
        )}
      </ul>
    </section>
  )
}
