import type { ActionOutcome, AuditAbout, AuditRow, Instant } from '@holdpoint/protocol'

/** A row of the list; what is long is left out of it and read with the row alone. */
export type AuditLine = AuditRow & { readonly dataLeftOut: boolean; readonly about: AuditAbout }

/** A row in full, with what else its writer claims. */
export type AuditDetail = AuditRow & {
  readonly dataTimestamp: Instant | null
  readonly requestedBy: string | null
  readonly outcome: ActionOutcome | null
  readonly about: AuditAbout
}
