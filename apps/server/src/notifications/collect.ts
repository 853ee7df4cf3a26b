import { noticeRules } from '@holdpoint/protocol'
import type { Pool } from 'pg'

/** Puts what happened since the last call into the outbox, by exact position. */
export async function collectNotifications(pool: Pool): Promise<void> {
  await pool.query('select collect_notifications($1)', [JSON.stringify(noticeRules)])
}

const forgottenAtOnce = 5_000

export async function forgetOldNotifications(pool: Pool): Promise<void> {
  await pool.query('select forget_old_notifications($1)', [forgottenAtOnce])
}
