/**
 * An open session of a person, as an SQL condition on `operator_sessions` under this alias. The database decides who is
 * let in by the same rule, `is_live`; that one takes a whole row, whose secret the server may not read.
 */
export const isOpen = (s: string): string =>
  `${s}.ended_at is null and ${s}.expires_at > clock_timestamp() and ${s}.last_seen_at > clock_timestamp() - interval '7 days'`
