import type { Instant } from '@holdpoint/protocol'

import { useNow } from '../live/useNow'
import { ago, dateTime, duration } from './format'

/** Time since an instant, ticking on the database's clock; it stands still when the stream is not live. */
export function Elapsed({ since }: { readonly since: Instant }) {
  const now = useNow()
  const at = Date.parse(since)
  return (
    <time dateTime={since} title={dateTime(at)}>
      {now === null ? '–' : duration(now - at)}
    </time>
  )
}

/** "42s ago", "4m ago": how long ago something was. */
export function Ago({ at, suffix = '' }: { readonly at: Instant; readonly suffix?: string }) {
  const now = useNow()
  const ms = Date.parse(at)
  const text = now === null ? '–' : ago(now - ms)
  return (
    <time dateTime={at} title={dateTime(ms)}>
      {text}
      {text === 'now' || text === '–' ? '' : suffix}
    </time>
  )
}

/** "4m 12s left", or "past its deadline". */
export function TimeLeft({ until }: { readonly until: Instant }) {
  const now = useNow()
  const left = now === null ? null : Date.parse(until) - now
  if (left === null) return <span>–</span>
  return (
    <time
      dateTime={until}
      title={dateTime(Date.parse(until))}
      className={left < 120_000 ? 'text-bad' : ''}
    >
      {left <= 0 ? 'past its deadline' : `${duration(left)} left`}
    </time>
  )
}
