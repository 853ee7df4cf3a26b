import type { AuditRow, Instant } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { visible } from '../ui/visible'
import { apart } from './apart'
import type { AuditDetail } from './line'
import { preciseDateTime } from './times'

interface ClaimedAndSeenProps {
  readonly row: AuditRow
  /** What only the row alone tells; undefined while it is read. */
  readonly full: AuditDetail | undefined
}

/** What the writer says beside what the database knows of itself; the two are never mixed. */
export function ClaimedAndSeen({ row, full }: ClaimedAndSeenProps) {
  const asOf = full?.dataTimestamp ?? null
  const requestedBy = full?.requestedBy ?? null
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Facts title="The database saw">
        <Fact name="Who">{visible(row.actor)}</Fact>
        <Fact name="By login">{visible(row.login)}</Fact>
        <Fact name="At">
          <Time at={row.seenAt} />
        </Fact>
      </Facts>
      <Facts title="The writer claims">
        <Fact name="Credentials">{row.credentials === null ? null : visible(row.credentials)}</Fact>
        <Fact name="Logged at">
          {row.loggedAt === null ? null : (
            <>
              <Time at={row.loggedAt} />
              <span className="text-muted block font-sans">{apart(row.loggedAt, row.seenAt)}</span>
            </>
          )}
        </Fact>
        <Fact name="Data as of">{asOf === null ? null : <Time at={asOf} />}</Fact>
        {requestedBy !== null && <Fact name="Approval requested by">{visible(requestedBy)}</Fact>}
      </Facts>
    </div>
  )
}

const Time = ({ at }: { readonly at: Instant }) => (
  <time dateTime={at}>{preciseDateTime(Date.parse(at))}</time>
)

const Facts = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section aria-label={title} className="border-line rounded-ctl border px-2.5 py-1.5">
    <h3 className="label font-normal">{title}</h3>
    <dl>{children}</dl>
  </section>
)

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="mt-1.5">
    <dt className="label">{name}</dt>
    <dd className="font-mono text-small wrap-anywhere">
      {children ?? <span className="text-muted font-sans">nothing</span>}
    </dd>
  </div>
)
