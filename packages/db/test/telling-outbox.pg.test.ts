import { beforeEach, describe, expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { ANA } from './support/operators.ts'
import { one, outcomeOf, refusalOf } from './support/refusal.ts'
import { addChannel, claim, outboxOf, settle, timePasses } from './support/telling.ts'

// A message in the outbox is given to one sender at a time, until it is sent or given up; and its channel's secrets
// are given to nobody else.
const db = await openContract()

beforeEach(async () => {
  await db.owner.query('delete from notification_channels')
})

async function withMessages(count: number, spec: object = {}): Promise<string> {
  const channel = await addChannel(db.server, spec)
  for (let n = 0; n < count; n++)
    await db.server.query('select test_channel($1, $2)', [channel, ANA])
  return channel
}

describe('a message', () => {
  test('is given to one of two senders, and the other does not wait', async () => {
    await withMessages(1)
    const first = await db.server.connect()
    await first.query('begin')
    expect(await claim(first)).toHaveLength(1)
    const second = await db.server.connect()
    await second.query(`set lock_timeout = '3s'`)
    expect(await claim(second)).toEqual([])
    await first.query('commit')
    expect(await claim(second)).toEqual([])
    first.release()
    second.release(true)
  })

  test('whose sender died is given to the next, and the dead one can record nothing any more', async () => {
    const channel = await withMessages(1)
    const [dead] = await claim(db.server)
    expect(await claim(db.server)).toEqual([])
    await timePasses(db.owner)
    const [next] = await claim(db.server)
    expect(next?.id).toBe(dead?.id)
    if (dead === undefined || next === undefined) throw new Error('nothing was claimed')
    expect(await settle(db.server, dead, null)).toBe(false)
    expect(await outboxOf(db.owner, channel)).toMatchObject([{ state: 'sending', attempts: 2 }])
    expect(await settle(db.server, next, null)).toBe(true)
    expect(await settle(db.server, next, 'no')).toBe(false)
    expect(await outboxOf(db.owner, channel)).toMatchObject([{ state: 'sent', error: null }])
  })

  test('that failed is tried again later, so often and no oftener, and later each time', async () => {
    const channel = await withMessages(1)
    const waits: number[] = []
    for (let attempt = 1; attempt <= 4; attempt++) {
      const [mine] = await claim(db.server, { mostAttempts: 4 })
      if (mine === undefined) throw new Error('nothing was claimed')
      await settle(db.server, mine, 'answered 500', { mostAttempts: 4 })
      expect(await claim(db.server, { mostAttempts: 4 })).toEqual([])
      const { wait } = await one<{ wait: number }>(
        db.owner,
        'select extract(epoch from next_attempt_at - failed_at)::float8 as wait from notifications',
      )
      waits.push(wait)
      await timePasses(db.owner)
    }
    expect(await claim(db.server, { mostAttempts: 4 })).toEqual([])
    expect(await outboxOf(db.owner, channel)).toMatchObject([
      { state: 'failed', attempts: 4, error: 'answered 500' },
    ])
    for (const [nth, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(2.5 * 3 ** nth)
      expect(wait).toBeLessThanOrEqual(5.1 * 3 ** nth)
    }
  })

  test('is given up at once where trying again cannot help, and after its sender died too often', async () => {
    const channel = await withMessages(2)
    const [hopeless] = await claim(db.server, { most: 1 })
    if (hopeless === undefined) throw new Error('nothing was claimed')
    await settle(db.server, hopeless, 'answered 410', { giveUp: true })
    for (let death = 0; death < 3; death++) {
      expect(await claim(db.server, { mostAttempts: 3 })).toHaveLength(1)
      await timePasses(db.owner)
    }
    expect(await claim(db.server, { mostAttempts: 3 })).toEqual([])
    expect((await outboxOf(db.owner, channel)).map(({ state }) => state)).toEqual([
      'failed',
      'failed',
    ])
  })

  test('that was given up is tried anew when a person says so', async () => {
    const channel = await withMessages(1)
    const [mine] = await claim(db.server)
    if (mine === undefined) throw new Error('nothing was claimed')
    await settle(db.server, mine, 'answered 410', { giveUp: true })
    await db.server.query('select retry_notifications($1, $2)', [channel, ANA])
    expect(await claim(db.server)).toHaveLength(1)
    expect(
      (await refusalOf(db.server.query('select retry_notifications($1, $2)', [channel, ANA]))).code,
    ).toBe('HP015')
  })
})

describe('a channel', () => {
  test('that hangs has no more than its share on the way, and leaves room for others', async () => {
    const slow = await withMessages(20)
    const other = await withMessages(2)
    const taken = await claim(db.server, { most: 10, perChannel: 4 })
    expect(taken.filter(({ channel }) => channel === slow)).toHaveLength(4)
    expect(taken.filter(({ channel }) => channel === other)).toHaveLength(2)
    expect(await claim(db.server, { most: 10, perChannel: 4 })).toEqual([])
  })

  test('that is off keeps what waits, and sends a test all the same', async () => {
    const channel = await withMessages(1)
    await db.owner.query(`update notifications set class = 'run.stopped'`)
    await db.owner.query('update notification_channels set enabled = false')
    expect(await claim(db.server)).toEqual([])
    await db.server.query('select test_channel($1, $2)', [channel, ANA])
    expect(await claim(db.server)).toHaveLength(1)
    await db.owner.query('update notification_channels set enabled = true')
    expect(await claim(db.server)).toHaveLength(1)
  })

  test('is made, changed, tried, retried and removed with an audit row each, without its secrets', async () => {
    const channel = await addChannel(db.server, { name: 'ops' })
    const secret = Buffer.from('sealed '.repeat(8))
    await db.server.query('select save_channel($1, $2, $3, $4)', [
      channel,
      JSON.stringify({
        name: 'ops 2',
        kind: 'webhook',
        address: 'https://two.example.com',
        classes: ['worker.lost'],
        enabled: false,
      }),
      secret,
      ANA,
    ])
    await db.server.query('select test_channel($1, $2)', [channel, ANA])
    await db.server.query('select retry_notifications($1, $2)', [channel, ANA])
    await db.server.query('select remove_channel($1, $2)', [channel, ANA])
    const { rows } = await db.owner.query<{ action: string; row: string }>(
      `select action, row_to_json(a)::text as row from agent_audit_log a where target_row_id = $1 order by logged_at`,
      [channel],
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'channel.add',
      'channel.change',
      'channel.test',
      'channel.retry',
      'channel.remove',
    ])
    for (const { row } of rows) {
      expect(row).toContain(ANA)
      expect(row).not.toContain(secret.toString('hex'))
    }
    expect(rows[1]?.row).toContain('ops 2')
    const { left } = await one<{ left: number }>(
      db.owner,
      `select (select count(*) from notification_secrets)::integer + (select count(*) from notifications)::integer as left`,
    )
    expect(left).toBe(0)
  })

  test('has its secrets from the start, keeps its kind, and shares its name with no other', async () => {
    const channel = await addChannel(db.server, { name: 'Ops' })
    const save = async (id: string, spec: object, sealed: Buffer | null) =>
      outcomeOf(
        db.server.query('select save_channel($1, $2, $3, $4)', [
          id,
          JSON.stringify({
            kind: 'webhook',
            address: 'x',
            classes: ['worker.lost'],
            enabled: true,
            ...spec,
          }),
          sealed,
          ANA,
        ]),
      )
    expect(await save(crypto.randomUUID(), { name: 'bare' }, null)).toBe('HP010')
    expect(await save(crypto.randomUUID(), { name: 'OPS' }, Buffer.alloc(40))).toBe('HP010')
    expect(await save(channel, { name: 'Ops', kind: 'slack' }, Buffer.alloc(40))).toBe('HP010')
    expect(await save(channel, { name: 'Ops' }, null)).toBe('accepted')
  })
})

describe('nobody but the sender', () => {
  test('is given secrets: not the server that reads everything, not an agent', async () => {
    await addChannel(db.server)
    for (const pool of [db.server, db.alpha, db.trial]) {
      expect(await outcomeOf(pool.query('select from notification_secrets'))).toBe('42501')
    }
  })

  test('an agent sees no channel and no message, makes none, and takes none', async () => {
    const channel = await addChannel(db.server)
    for (const text of [
      'select from notification_channels',
      'select from notifications',
      'select from notification_tail',
      'select claim_notifications(1, 1, 1, 1)',
      `select collect_notifications('[]')`,
      `select remove_channel('${channel}', 'operator:ana')`,
    ]) {
      expect([text, await outcomeOf(db.alpha.query(text))]).toEqual([text, '42501'])
    }
  })
})
