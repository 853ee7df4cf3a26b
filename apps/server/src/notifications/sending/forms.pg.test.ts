import { describe, expect, test } from 'vitest'

import { Receiver } from '../../../test/receivers/http.ts'
import { startMailServer } from '../../../test/receivers/mail.ts'
import { all, tellingServer } from '../../../test/telling.ts'

const { operator, ask, startSender, timePasses, until, wants } = await tellingServer()

const server = (port: number, login = '') => ({
  url: `smtp://${login}127.0.0.1:${port}`,
  from: 'holdpoint@example.com',
})

const idsOf = (mails: readonly { text: string }[]) =>
  mails.map(({ text }) => /^Message-ID: (.+)$/im.exec(text)?.[1])

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

  const add = async (port: number) =>
    operator.channels.add({ kind: 'email', name: 'mail', wants, to, server: server(port) })

  test('whose server takes it and dies before it says so is sent again as the same message', async () => {
    const mail = await startMailServer()
    mail.die(true)
    await add(mail.port)
    await ask()
    startSender()
    await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    mail.die(false)
    await timePasses()
    await until(all('sent'))
    expect(mail.mails).toHaveLength(2)
    expect(new Set(idsOf(mail.mails)).size).toBe(1)
  })

  test('that a server takes for one and refuses for the other is told of, and the one does not get it twice', async () => {
    const mail = await startMailServer({ refuses: 'on-call@example.com' })
    await add(mail.port)
    await ask()
    startSender()
    const rows = await until(all('failed'))
    expect(rows[0]).toMatchObject({
      attempts: 1,
      error: 'the mail server answered 550 for on-call@example.com; the others have it',
    })
    expect(mail.mails.map((each) => each.to)).toEqual([['ops@example.com']])
  })

  test('that a server does not take for one yet is sent again as the same message', async () => {
    const mail = await startMailServer({ refuses: 'on-call@example.com', code: 450 })
    await add(mail.port)
    await ask()
    startSender()
    await until(([row]) => row?.state === 'pending' && row.attempts === 1)
    await timePasses()
    await until(([row]) => row?.state === 'pending' && row.attempts === 2)
    expect(mail.mails).toHaveLength(2)
    expect(new Set(idsOf(mail.mails)).size).toBe(1)
  })
})
