import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { asks } from './requests.ts'
import { hold } from './screens.ts'
import { expect, test as base } from './test.ts'

interface Receiver {
  readonly url: string
  readonly received: { headers: Record<string, unknown>; body: Body }[]
  /** What it answers from now on. */
  answer: (status: number) => void
}
interface Body {
  readonly type: string
  readonly data: { readonly link: string; readonly agentId: string }
}

const test = base.extend<{ receiver: Receiver }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  receiver: async ({}, use) => {
    const received: Receiver['received'] = []
    let status = 204
    const server: Server = createServer((request, answer) => {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => (text += part))
      request.on('end', () => {
        received.push({ headers: request.headers, body: JSON.parse(text) as Body })
        answer.writeHead(status).end()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await use({ url: `http://127.0.0.1:${port}/hook`, received, answer: (next) => (status = next) })
    server.close()
  },
})

const channels = (page: Page) => page.getByRole('table', { name: 'Channels' })
const channelRow = (page: Page, name: string) =>
  channels(page).getByRole('row').filter({ hasText: name })

async function addWebhook(page: Page, name: string, url: string, agent: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a channel' })
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByLabel('Address', { exact: true }).fill(url)
  await dialog.getByLabel(/Only of these agents/).fill(agent)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const secret = page.getByRole('dialog', { name: 'The signing secret' })
  await expect(secret.getByText(/^whsec_/)).toBeVisible()
  await secret.getByRole('button', { name: 'I have it' }).click()
  await expect(channelRow(page, name)).toBeVisible()
}

const wantsRefund = { tool: 'bank.refund', agent_reason: 'paid twice' }

test('a request reaches a webhook within seconds, with a link that opens exactly that approval', async ({
  signedIn: page,
  stack,
  agent,
  receiver,
}) => {
  await page
    .getByRole('navigation', { name: 'Pages' })
    .first()
    .getByRole('link', { name: 'Settings' })
    .click()
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name: 'Notifications' })
    .click()
  await addWebhook(page, `hook of ${agent}`, receiver.url, agent)
  const { id } = await asks(await stack.addAgent(agent), agent, wantsRefund)
  await expect.poll(() => receiver.received.length).toBe(1)
  const [message] = receiver.received
  expect(message?.headers['webhook-signature']).toMatch(/^v1,/)
  expect(message?.body).toMatchObject({ type: 'approval.requested', data: { agentId: agent } })
  const link = message?.body.data.link ?? ''
  expect(link).toMatch(new RegExp(`/approvals/${id}$`))
  await expect(channelRow(page, agent)).toContainText('Works')
  await page.goto(link)
  await expect(page.getByRole('main')).toContainText(agent)
  await expect(page.getByRole('main')).toContainText('bank.refund')
})

test('a channel that fails is seen to, and what it missed is sent again', async ({
  admitted: page,
  stack,
  agent,
  receiver,
}) => {
  await page.goto(`${stack.url}/settings?view=notifications`)
  const name = `failing ${agent}`
  await addWebhook(page, name, receiver.url, agent)
  receiver.answer(410)
  await asks(await stack.addAgent(agent), agent, wantsRefund)
  await expect(channelRow(page, name)).toContainText('1 given up')
  await expect(channelRow(page, name)).toContainText('answered 410')
  await page.reload()
  await expect(
    page
      .getByRole('navigation', { name: 'Pages' })
      .first()
      .getByRole('link', { name: /Settings/ }),
  ).toContainText('notifications not sent')
  await page.getByRole('button', { name: `Details of ${name}` }).click()
  const missed = page.getByRole('list', { name: 'Messages that did not get through' })
  await expect(missed).toContainText('An approval is asked for')
  await everyoneCanUse(page)
  receiver.answer(204)
  await page.getByRole('button', { name: 'Send 1 again now' }).click()
  await expect(page.getByText('Everything got through.')).toBeVisible()
  await expect(channelRow(page, name)).toContainText('Works')
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  // Gone for good, and with it what it was told.
  await hold(page, page.getByRole('button', { name: 'Remove (hold)' }), async () =>
    expect(channelRow(page, name)).toHaveCount(0),
  )
})

test('without a channel the page says what that means, and a channel that lacks something is not made', async ({
  page,
  fragile,
}) => {
  await page.goto(fragile.signInUrl)
  await page.goto(`${fragile.url}/settings?view=notifications`)
  await expect(
    page.getByRole('heading', { name: 'Nobody is told outside this page' }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a channel' })
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(dialog.getByRole('status')).toHaveText('Give it a name.')
  await dialog.getByLabel('Name', { exact: true }).fill('metadata')
  await dialog.getByLabel('Address', { exact: true }).fill('http://169.254.169.254/latest')
  await everyoneCanUse(page)
})
