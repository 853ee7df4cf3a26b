import { noticeRules } from '@holdpoint/protocol'
import { afterEach, beforeEach } from 'vitest'

import { Seal } from '../src/database/seal.ts'
import { type Bounds, Sender } from '../src/notifications/sending/sender.ts'
import { askServer } from './ask.ts'

interface Row {
  state: string
  attempts: number
  error: string | null
}

export const all =
  (state: string) =>
  (rows: readonly Row[]): boolean =>
    rows.length > 0 && rows.every((row) => row.state === state)

const sealKey = 'key of the tests'
const wants = {
  classes: ['approval.requested' as const],
  reasons: [],
  agents: [],
  minimumRisk: null,
}

/** The procedures, an outbox that is empty before each test, and senders that are stopped after it. */
export async function tellingServer() {
  const { db, operator, startRun } = await askServer()
  const senders = new Set<Sender>()
  const collect = async () =>
    db.server.query('select collect_notifications($1)', [JSON.stringify(noticeRules)])
  beforeEach(async () => {
    await db.owner.query('delete from notification_channels')
    await collect()
  })
  afterEach(async () => {
    await Promise.all([...senders].map(async (each) => each.stop()))
    senders.clear()
  })
  const startSender = (bounds: Partial<Bounds> = {}, key = sealKey): Sender => {
    const sender = new Sender(
      {
        serverUrl: db.serverUrl,
        seal: new Seal(key),
        mail: undefined,
        log: () => undefined,
        place: () => ({ url: 'http://console.test', environment: 'test' }),
      },
      { beatMs: 20, closingMs: 0, ...bounds },
    )
    senders.add(sender)
    sender.start()
    return sender
  }
  /** A request of an agent, as plain SQL makes it, in the outbox. @returns its id */
  const ask = async (reason: string | null = null, agent = 'a'): Promise<string> => {
    const run = await startRun({ agent_id: agent })
    const { rows } = await db.trial.query<{ id: string }>(
      `insert into approval_queue (workflow_id, requested_by, tool, agent_reason) values ($1, $2, 'bank.refund', $3)
       returning approval_id as id`,
      [run, agent, reason],
    )
    await collect()
    return rows[0]?.id ?? ''
  }
  /** Waits until the outbox is as the test wants it. */
  const until = async (satisfied: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> => {
    for (;;) {
      const { rows } = await db.owner.query<Row>(
        'select state, attempts, last_error as error from notifications order by made_at',
      )
      if (satisfied(rows)) return rows
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  /** As if every wait and every claim had run out. */
  const timePasses = async () =>
    db.owner.query(
      `update notifications set next_attempt_at = clock_timestamp(),
         lease_until = case when lease_until is not null then clock_timestamp() - interval '1 ms' end`,
    )
  return { db, operator, ask, sealKey, senders, startSender, timePasses, until, wants }
}
