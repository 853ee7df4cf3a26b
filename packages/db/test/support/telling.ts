import { randomUUID } from 'node:crypto'

import { noticeClassNames, noticeRules, stopReasons } from '@holdpoint/protocol'
import type { Pool, PoolClient } from 'pg'

import { ANA } from './operators.ts'
import type { Session } from './refusal.ts'

/** Everything, unless it says otherwise. */
const everything = {
  kind: 'webhook',
  address: 'https://example.com',
  classes: noticeClassNames,
  reasons: stopReasons,
  agents: [] as string[],
  minimumRisk: null as string | null,
  enabled: true,
}

export async function addChannel(
  session: Session,
  spec: Partial<Record<keyof typeof everything | 'name', unknown>> = {},
): Promise<string> {
  const id = randomUUID()
  await session.query('select save_channel($1, $2, $3, $4)', [
    id,
    JSON.stringify({ ...everything, name: id, ...spec }),
    Buffer.alloc(40),
    ANA,
  ])
  return id
}

export const collect = async (session: Session): Promise<boolean> => {
  const { rows } = await session.query<{ anew: boolean }>(
    'select collect_notifications($1) as anew',
    [JSON.stringify(noticeRules)],
  )
  return rows[0]?.anew === true
}

/** What waits for a channel or was told to it, as `class` and run. */
export async function outboxOf(
  owner: Pool,
  channel: string,
): Promise<
  { class: string; run: string | null; state: string; attempts: number; error: string | null }[]
> {
  const { rows } = await owner.query<{
    class: string
    run: string | null
    state: string
    attempts: number
    error: string | null
  }>(
    `select class, workflow_id as run, state, attempts, last_error as error from notifications
     where channel_id = $1 order by made_at, event_at`,
    [channel],
  )
  return rows
}

export interface Claimed {
  id: string
  claim: string
  channel: string
}

export async function claim(
  session: Session | PoolClient,
  { most = 100, perChannel = 100, leaseSeconds = 60, mostAttempts = 12 } = {},
): Promise<Claimed[]> {
  const { rows } = await session.query<Claimed>(
    `select notification_id as id, claim, channel_id as channel from claim_notifications($1, $2, $3, $4)`,
    [most, perChannel, leaseSeconds, mostAttempts],
  )
  return rows
}

export async function settle(
  session: Session,
  { id, claim: held }: Claimed,
  failure: string | null,
  { giveUp = false, mostAttempts = 12 } = {},
): Promise<boolean> {
  const { rows } = await session.query<{ settled: boolean }>(
    'select settle_notification($1, $2, $3, $4, 0, $5) as settled',
    [id, held, failure, giveUp, mostAttempts],
  )
  return rows[0]?.settled === true
}

/** As if the time until the next attempt had passed, and every claim had run out. */
export const timePasses = async (owner: Pool): Promise<unknown> =>
  owner.query(
    `update notifications set next_attempt_at = clock_timestamp() - interval '1 ms',
       lease_until = case when lease_until is not null then clock_timestamp() - interval '1 ms' end`,
  )
