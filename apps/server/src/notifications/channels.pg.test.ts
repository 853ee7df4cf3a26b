import { describe, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { Receiver, failing, well } from '../../test/receivers/http.ts'
import { serve } from '../../test/test-server.ts'

const { as, db, operator } = await askServer()
const wants = { classes: ['approval.requested' as const] }
const nobody = crypto.randomUUID()

const record = async (): Promise<string> => {
  const { rows } = await db.owner.query<{ text: string }>(
    `select coalesce(string_agg(t::text, ' '), '') as text from (
       select row_to_json(c)::text as t from notification_channels c union all
       select row_to_json(a)::text from agent_audit_log a union all
       select row_to_json(n)::text from notifications n union all
       select encode(sealed, 'escape') from notification_secrets) s`,
  )
  return rows[0]?.text ?? ''
}

describe('a channel', () => {
  test('shows its secret once, and it stands nowhere in the clear', async () => {
    const { id, secret } = await operator.channels.add({
      kind: 'webhook',
      name: 'pager',
      wants,
      url: 'https://hooks.example.com/T0KEN?key=s3cret',
    })
    expect(secret).toMatch(/^whsec_.{40,}$/)
    const slack = await operator.channels.add({
      kind: 'slack',
      name: 'team',
      wants,
      url: 'https://hooks.slack.example.com/services/T/B/S3CRET',
    })
    expect(slack.secret).toBeNull()
    await operator.channels.add({
      kind: 'email',
      name: 'mail',
      wants,
      to: ['ops@example.com'],
      server: { url: 'smtps://me:s3cret@mail.example.com', from: 'hp@example.com' },
    })
    const shown = JSON.stringify(await operator.channels.list()) + (await record())
    for (const hidden of [secret ?? '', 'T0KEN', 's3cret', 'S3CRET', 'whsec_'])
      expect(shown).not.toContain(hidden)
    const { channels } = await operator.channels.list()
    expect(channels.map(({ name, address }) => [name, address])).toEqual([
      ['mail', 'ops@example.com'],
      ['pager', 'https://hooks.example.com'],
      ['team', 'https://hooks.slack.example.com'],
    ])
    // Another address is another secret: the old one cannot be read back.
    const changed = await operator.channels.change({
      id,
      name: 'pager',
      wants,
      enabled: true,
      url: 'https://other.example.com/x',
    })
    expect(changed.secret).not.toBe(secret)
    const kept = await operator.channels.change({ id, name: 'pager 2', wants, enabled: false })
    expect(kept.secret).toBeNull()
    expect((await operator.channels.list()).channels[1]).toMatchObject({
      name: 'pager 2',
      address: 'https://other.example.com',
      enabled: false,
      madeBy: 'operator:maria',
    })
  })

  test('leads neither to a metadata service, nor anywhere but http, https or a mail server', async () => {
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      'http://[::ffff:169.254.169.254]/',
      'http://2852039166/',
      'http://[fe80::1]/',
      'file:///etc/passwd',
      'gopher://example.com',
      'https://user:password@example.com',
      'nowhere',
    ]) {
      await expect(
        operator.channels.add({ kind: 'webhook', name: 'x', wants, url }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
    await expect(
      operator.channels.add({
        kind: 'email',
        name: 'x',
        wants,
        to: ['a@example.com'],
        server: { url: 'http://example.com', from: 'a@example.com' },
      }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(
      await refusal(
        operator.channels.add({ kind: 'email', name: 'x', wants, to: ['a@b.example'] }),
      ),
    ).toMatchObject({
      code: 'BAD_REQUEST',
      hint: expect.stringContaining('HOLDPOINT_SMTP_URL') as string,
    })
  })

  test('wants something, and of stops it says which', async () => {
    const url = 'https://example.com'
    for (const wrong of [
      { classes: [] },
      { classes: ['run.stopped' as const] },
      { classes: ['nonsense' as never] },
    ]) {
      await expect(
        operator.channels.add({ kind: 'slack', name: 'x', wants: wrong, url }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  test('of another name, or that is not there, is said to be', async () => {
    await operator.channels.add({ kind: 'slack', name: 'twice', wants, url: 'https://example.com' })
    const again = { kind: 'slack' as const, name: ' TWICE ', wants, url: 'https://example.com' }
    expect((await refusal(operator.channels.add(again))).message).toContain('already')
    expect((await refusal(operator.channels.remove({ id: nobody }))).code).toBe('NOTHING_TO_DO')
    expect((await refusal(operator.channels.test({ id: nobody }))).code).toBe('NOTHING_TO_DO')
    expect((await refusal(operator.channels.retry({ id: nobody }))).code).toBe('NOTHING_TO_DO')
    expect(
      (await refusal(operator.channels.change({ id: nobody, name: 'x', wants, enabled: true })))
        .code,
    ).toBe('NOT_FOUND')
  })
})

test('who may not administer sees no channels, but that messages were given up', async () => {
  const reviewer = as('user:rita', ['read', 'control', 'decide', 'isolate'])
  expect((await refusal(reviewer.channels.list())).code).toBe('FORBIDDEN')
  expect((await refusal(reviewer.channels.undelivered({ id: nobody }))).code).toBe('FORBIDDEN')
  expect((await refusal(reviewer.channels.test({ id: nobody }))).code).toBe('FORBIDDEN')
  expect(await reviewer.channels.trouble()).toEqual({ channels: [] })
})

test('a whole server tells of a request, also of one from while it was down, each once', async () => {
  const receiver = await Receiver.start()
  const { id } = await operator.channels.add({
    kind: 'webhook',
    name: 'whole',
    wants: { ...wants, agents: ['whole'] },
    url: receiver.url,
  })
  const ask = async (): Promise<void> => {
    const { rows } = await db.trial.query<{ id: string }>(
      `insert into workflow_checkpoints (agent_id, current_step) values ('whole', 's') returning workflow_id as id`,
    )
    await db.trial.query(
      `insert into approval_queue (workflow_id, requested_by) values ($1, 'whole')`,
      [rows[0]?.id],
    )
  }
  const first = await serve(db, { publicUrl: 'https://hp.example.com' })
  await led()
  await ask()
  await receiver.until(1)
  await first.close()
  await ask()
  receiver.manner = failing
  const second = await serve(db, { publicUrl: 'https://hp.example.com' })
  await receiver.until(2)
  for (let failed = false; !failed;) {
    const undelivered = await operator.channels.undelivered({ id })
    failed = undelivered[0]?.lastError === 'answered 500'
  }
  receiver.manner = well
  await operator.channels.retry({ id })
  await receiver.until(3)
  await second.close()
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(2)
  expect(ids[2]).toBe(ids[1])
  expect(receiver.received[0]?.text).toContain('https://hp.example.com/approvals/')
  expect(first.logged.concat(second.logged).join()).not.toContain('whsec_')
})

/** Until a leader has begun to read the history. */
async function led(): Promise<void> {
  for (let begun = false; !begun;) {
    const { rows } = await db.owner.query('select from notification_tail')
    begun = rows.length > 0
  }
}
