import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { noticeRules } from '@holdpoint/protocol'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { askServer } from '../../../test/ask.ts'
import { failing, hanging, Receiver, well } from '../../../test/receivers/http.ts'
import { startMailServer } from '../../../test/receivers/mail.ts'
import { Seal } from '../../database/seal.ts'
import { type Bounds, Sender } from './sender.ts'

const { db, operator, startRun } = await askServer()
const sealKey = 'key of the tests'
const wants = {
  classes: ['approval.requested' as const],
  reasons: [],
  agents: [],
  minimumRisk: null,
}
const senders = new Set<Sender>()

beforeEach(async () => {
  await db.owner.query('delete from notification_channels')
  await collect()
})
afterEach(async () => {
  await Promise.all([...senders].map(async (each) => each.stop()))
  senders.clear()
})

const collect = async () =>
  db.server.query('select collect_notifications($1)', [JSON.stringify(noticeRules)])

function startSender(bounds: Partial<Bounds> = {}, key = sealKey): Sender {
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

const addWebhook = async (url: string, name: string = crypto.randomUUID()) =>
  operator.channels.add({ kind: 'webhook', name, wants, url })

/** A request of an agent, as plain SQL makes it. @returns its id */
async function ask(reason: string | null = null, agent = 'a'): Promise<string> {
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
async function until(satisfied: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> {
  for (;;) {
    const { rows } = await db.owner.query<Row>(
      'select state, attempts, last_error as error, channel_id as channel from notifications order by made_at',
    )
    if (satisfied(rows)) return rows
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
interface Row {
  state: string
  attempts: number
  error: string | null
  channel: string
}
const all =
  (state: string) =>
  (rows: readonly Row[]): boolean =>
    rows.length > 0 && rows.every((row) => row.state === state)
const timePasses = async () =>
  db.owner.query(
    `update notifications set next_attempt_at = clock_timestamp(),
       lease_until = case when lease_until is not null then clock_timestamp() - interval '1 ms' end`,
  )

describe('a webhook', () => {
  test('is signed so that the verifier of Standard Webhooks takes it, and leads to exactly one approval', async () => {
    const receiver = await Receiver.start()
    const { secret } = await addWebhook(`${receiver.url}/hook?key=x`)
    const approval = await ask('the customer paid twice')
    startSender()
    const [received] = await receiver.until(1)
    if (received === undefined || secret === null) throw new Error('nothing came')
    expect(received.path).toBe('/hook?key=x')
    const body = new Webhook(secret).verify(
      received.text,
      received.headers as Record<string, string>,
    )
    expect(body).toMatchObject({
      type: 'approval.requested',
      data: {
        link: `http://console.test/approvals/${approval}`,
        approvalId: approval,
        agentId: 'a',
        claimsOfAgent: { 'Its reason': 'the customer paid twice', Tool: 'bank.refund' },
      },
    })
    expect(() =>
      new Webhook(secret).verify(
        received.text.replace('refund', 'payout'),
        received.headers as Record<string, string>,
      ),
    ).toThrow('No matching signature')
    await until(all('sent'))
  })

  test('that fails, then is well, gets the same message again under the same id', async () => {
    const receiver = await Receiver.start(failing)
    await addWebhook(receiver.url)
    await ask()
    startSender()
    const rows = await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    expect(rows[0]?.error).toBe('answered 500')
    receiver.manner = well
    await timePasses()
    await until(all('sent'))
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('that redirects is not followed, and one that is gone is given up', async () => {
    const elsewhere = await Receiver.start()
    const receiver = await Receiver.start((answer) =>
      answer.writeHead(307, { location: elsewhere.url }).end(),
    )
    await addWebhook(receiver.url)
    await ask()
    startSender()
    const rows = await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    expect(rows[0]?.error).toBe('answered 307, a redirect, which is not followed')
    receiver.manner = (answer) => answer.writeHead(410).end()
    await timePasses()
    await until(all('failed'))
    expect(elsewhere.received).toHaveLength(0)
  })

  test('that hangs is given up on in time, and keeps nothing from the others', async () => {
    const slow = await Receiver.start(hanging)
    const quick = await Receiver.start()
    await addWebhook(slow.url)
    for (let n = 0; n < 8; n++) await ask()
    await addWebhook(quick.url)
    await ask()
    startSender({ most: 6, perChannel: 4, timeoutMs: 60_000 })
    await quick.until(1)
    await slow.until(4)
    expect(slow.received).toHaveLength(4)
  })

  test('that does not answer in time has failed', async () => {
    const receiver = await Receiver.start(hanging)
    await addWebhook(receiver.url)
    await ask()
    startSender({ timeoutMs: 50 })
    const rows = await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    expect(rows[0]?.error).toBe('no answer in time')
  })

  test('nobody listens at is told of in words of ours, without its address', async () => {
    await addWebhook('http://127.0.0.1:1/secret-path')
    await ask()
    startSender()
    const rows = await until(([row]) => row?.attempts === 1 && row.state === 'pending')
    expect(rows[0]?.error).toBe('nobody listens at that address')
  })

  test('whose secrets were sealed with another key is given up, and says so', async () => {
    const receiver = await Receiver.start()
    await addWebhook(receiver.url)
    await ask()
    startSender({}, 'another key')
    const rows = await until(all('failed'))
    expect(rows[0]?.error).toContain('sealed with another key')
    expect(receiver.received).toHaveLength(0)
  })
})

describe('a message is never lost, and told once by those who live', () => {
  test('two senders send each message once', async () => {
    const receiver = await Receiver.start()
    await addWebhook(receiver.url)
    for (let n = 0; n < 30; n++) await ask()
    startSender()
    startSender()
    await until(all('sent'))
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(30)
    expect(new Set(ids).size).toBe(30)
  })

  test('a sender that is killed while it sends is followed by one that sends it again, as the same message', async () => {
    const receiver = await Receiver.start(hanging)
    await addWebhook(receiver.url)
    await ask()
    const fixture = fileURLToPath(new URL('../../../test/sender.fixture.ts', import.meta.url))
    const victim = spawn(process.execPath, [fixture, db.serverUrl, sealKey], { stdio: 'inherit' })
    await receiver.until(1)
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    receiver.manner = well
    startSender()
    // Its claim is a lease: until that has run out nobody else sends.
    expect(await until(all('sending'))).toHaveLength(1)
    await timePasses()
    await until(all('sent'))
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })

  test('a server that stops lets what is on its way arrive and be recorded', async () => {
    let finish = (): void => undefined
    const receiver = await Receiver.start((answer) => {
      finish = () => void answer.writeHead(204).end()
    })
    await addWebhook(receiver.url)
    await ask()
    const sender = startSender({ closingMs: 10_000 })
    await receiver.until(1)
    const stopped = sender.stop()
    senders.delete(sender)
    finish()
    await stopped
    await until(all('sent'))
  })

  test('what nobody could take while no sender ran is sent by the next', async () => {
    const receiver = await Receiver.start()
    await addWebhook(receiver.url)
    const approvals = [await ask(), await ask()]
    startSender()
    const received = await receiver.until(2)
    expect(
      received
        .map(({ text }) => (JSON.parse(text) as { data: { approvalId: string } }).data.approvalId)
        .toSorted(),
    ).toEqual(approvals.toSorted())
  })
})

const hostile = '<!channel> <script>alert(1)</script>\r\nBcc: all@example.com\u202Egnp.exe'

test('a Slack channel gets text and blocks, in which an agent mentions nobody', async () => {
  const receiver = await Receiver.start()
  await operator.channels.add({
    kind: 'slack',
    name: 'slack',
    wants,
    url: `${receiver.url}/services/T/B/x`,
  })
  await ask(hostile, '<!here> *a*')
  startSender()
  const [received] = await receiver.until(1)
  const { text, blocks } = JSON.parse(received?.text ?? '') as { text: string; blocks: unknown[] }
  expect(text).toMatch(/^&lt;!here&gt; \*a\* asks for approval/)
  expect(blocks.length).toBeGreaterThan(2)
  expect(
    JSON.stringify(blocks.filter((block) => JSON.stringify(block).includes('mrkdwn'))),
  ).not.toContain('channel')
})

describe('e-mail', () => {
  const to = ['ops@example.com', 'on-call@example.com']
  const server = (port: number, login = '') => ({
    url: `smtp://${login}127.0.0.1:${port}`,
    from: 'holdpoint@example.com',
  })

  test('arrives at a real mail server, and hostile text stays text in it', async () => {
    const mail = await startMailServer({ login: { user: 'hp', password: 'p@ss' } })
    await operator.channels.add({
      kind: 'email',
      name: 'mail',
      wants,
      to,
      server: server(mail.port, 'hp:p%40ss@'),
    })
    const approval = await ask(hostile, `a\r\nBcc: all@example.com`)
    startSender()
    const [got] = await mail.until(1)
    await until(all('sent'))
    expect(got).toMatchObject({ from: 'holdpoint@example.com', to, user: 'hp' })
    const head = got?.text.split('\r\n\r\n')[0] ?? ''
    expect(head).not.toMatch(/^bcc:/im)
    expect(head).toMatch(/^Subject: \[Holdpoint test\] a Bcc: all@example.com asks for/m)
    expect(head).toMatch(/^Message-ID: <[0-9a-f-]{36}@example.com>/im)
    const body = (got?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(body).toContain(`http://console.test/approvals/${approval}`)
    expect(body).toContain('&lt;script&gt;')
    expect(body.slice(body.indexOf('text/html'))).not.toContain('<script>')
  })

  test('is refused to recipients that would be more than one, or another header', async () => {
    for (const recipient of [
      'a@example.com, b@example.com',
      'a@example.com\r\nBcc: b@example.com',
      '"a"@b',
      'a@b>',
    ]) {
      await expect(
        operator.channels.add({
          kind: 'email',
          name: 'x',
          wants,
          to: [recipient],
          server: server(25),
        }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })

  test('that the server refuses, and a password it does not know, are told without its words', async () => {
    const refusing = await startMailServer({ refuses: true })
    const strict = await startMailServer({ login: { user: 'hp', password: 'right' } })
    await operator.channels.add({
      kind: 'email',
      name: 'one',
      wants,
      to,
      server: server(refusing.port),
    })
    await operator.channels.add({
      kind: 'email',
      name: 'two',
      wants,
      to,
      server: server(strict.port, 'hp:wrong@'),
    })
    await ask()
    startSender()
    const rows = await until((found) =>
      found.every(({ state, attempts }) => state === 'pending' && attempts === 1),
    )
    const errors = rows.map(({ error }) => error ?? '').toSorted()
    expect(errors).toEqual(['the mail server answered 535', 'the mail server answered 550'])
  })
})
