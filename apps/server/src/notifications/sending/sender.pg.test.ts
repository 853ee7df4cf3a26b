import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'

import { failing, hanging, Receiver, well } from '../../../test/receivers/http.ts'
import { all, tellingServer } from '../../../test/telling.ts'

const { db, operator, ask, sealKey, senders, startSender, timePasses, until, wants } =
  await tellingServer()

const addWebhook = async (url: string, name: string = crypto.randomUUID()) =>
  operator.channels.add({ kind: 'webhook', name, wants, url })

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

  test('that takes a message and dies before it answers gets it again under the same id', async () => {
    const receiver = await Receiver.start((answer) => answer.destroy())
    await addWebhook(receiver.url)
    await ask()
    startSender()
    const rows = await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    expect(rows[0]?.error).toBe('the connection was cut')
    receiver.manner = well
    await timePasses()
    await until(all('sent'))
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
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
    const { promise: came, resolve: comes } = Promise.withResolvers<ServerResponse>()
    const receiver = await Receiver.start(comes)
    await addWebhook(receiver.url)
    await ask()
    const sender = startSender({ closingMs: 10_000 })
    const answer = await came
    const stopped = sender.stop()
    senders.delete(sender)
    answer.writeHead(204).end()
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
