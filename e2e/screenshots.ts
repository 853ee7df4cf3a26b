// Pictures of every screen, for people to look at: node e2e/screenshots.ts FOLDER [seconds the fleet works first]
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'

import { findBrowser } from './browser.ts'
import { Stack } from './stack.ts'
import { root } from './stack/program.ts'
import { Wire } from './stack/wire.ts'

const sizes = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const
const themes = ['dark', 'light'] as const
const [folder = 'screenshots', warmUp = '60'] = process.argv.slice(2)
const corpus = join(root, '../shared/data/tau-bench/gpt-4o-airline.json')

type Shoot = (name: string) => Promise<void>
type Screen = (page: Page, shoot: Shoot, stack: Stack) => Promise<void>

const open =
  (path: string | ((stack: Stack) => Promise<string>), name: string): Screen =>
  async (page, shoot, stack) => {
    await page.goto(stack.url + (typeof path === 'string' ? path : await path(stack)))
    await shoot(name)
  }

async function runThat(stack: Stack, where: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `select workflow_id as id from workflow_checkpoints w where ${where} order by seq desc limit 1`,
  )
  return rows[0]?.id ?? '00000000-0000-4000-8000-000000000000'
}

const tab =
  (where: string, search = '') =>
  async (stack: Stack) =>
    `/runs/${await runThat(stack, where)}${search}`

const busiest = `engine = 'sdk' and status in ('running', 'paused', 'approved')`
const screens: readonly Screen[] = [
  open('/', 'fleet'),
  open('/?state=running&sort=spend', 'fleet-filtered'),
  open('/?q=nothing-is-called-so', 'fleet-no-match'),
  open(tab(busiest), 'run-timeline'),
  open(tab(busiest, '?tab=actions'), 'run-actions'),
  open(
    tab('workflow_id in (select workflow_id from approval_queue)', '?tab=approvals'),
    'run-approvals',
  ),
  open(tab(busiest, '?tab=audit'), 'run-audit'),
  open(tab(busiest, '?tab=raw'), 'run-raw'),
  open(tab(`engine = 'sql'`), 'run-plain-sql'),
  open(tab(`stop_reason = 'USER_PAUSED'`), 'run-paused'),
  open(tab(`status = 'killed'`), 'run-killed'),
  open(tab(`status = 'failed'`), 'run-failed'),
  open('/runs/00000000-0000-4000-8000-000000000000', 'run-unknown'),
  open('/approvals', 'approvals'),
  open(decisionWith(`q.tool is not null`), 'approval-with-arguments'),
  open(decisionWith(`q.tool is null`), 'approval-plain-sql'),
  open('/agents', 'agents'),
  open('/audit', 'audit'),
  open('/settings?view=account', 'settings-account'),
  open('/settings?view=people', 'settings-people'),
  open('/settings?view=sessions', 'settings-sessions'),
  open('/settings?view=tokens', 'settings-tokens'),
  open('/settings?view=health', 'settings-health'),
  open('/nowhere', 'not-found'),
  async (page, shoot, stack) => {
    await page.goto(stack.url)
    await settled(page)
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('re')
    await shoot('palette')
  },
  async (page, shoot, stack) => {
    await page.goto(stack.url)
    await settled(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await shoot('keys')
  },
  async (page, shoot, stack) => {
    await page.goto(stack.url)
    await settled(page)
    await page.keyboard.press('j')
    await shoot('fleet-selected')
  },
  async (page, shoot, stack) => {
    await page.goto(`${stack.url}/agents`)
    await page.getByRole('button', { name: 'Isolate…' }).first().click({ timeout: 5000 })
    await shoot('agents-isolate')
  },
  async (page, shoot, stack) => {
    await page.route('**/trpc/**', async (route) => route.abort())
    await page.goto(`${stack.url}/audit`)
    await page.getByRole('alert').waitFor({ timeout: 15_000 })
    await shoot('failed')
    await page.unroute('**/trpc/**')
  },
  async (page, shoot, stack) => {
    const wire = await Wire.to(stack.port)
    await page.goto(`http://127.0.0.1:${wire.port}`)
    await settled(page)
    wire.down()
    await page.getByText(/disconnected .* ago/).waitFor()
    await sleep(3000)
    await shoot('disconnected')
    await wire.close()
  },
  async (page, shoot, stack) => {
    await page.context().clearCookies()
    await page.goto(stack.url)
    await page.getByText('You are signed out').waitFor()
    await shoot('signed-out')
  },
]

function decisionWith(where: string) {
  return async (stack: Stack): Promise<string> => {
    const { rows } = await stack.owner.query<{ id: string }>(
      `select approval_id as id from approval_queue q where ${where}
       order by q.decision is null and q.closed_at is null desc, requested_at desc limit 1`,
    )
    return `/approvals/${rows[0]?.id ?? ''}`
  }
}

/** What is shown is there: nothing says that it is loading. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page
    .getByRole('status', { name: /^Loading/ })
    .waitFor({ state: 'detached', timeout: 10_000 })
    .catch(() => undefined)
  await sleep(700)
}

async function shootAll(
  browser: Browser,
  stack: Stack,
  list: readonly Screen[],
  session?: string,
): Promise<void> {
  for (const colorScheme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({
        colorScheme,
        viewport,
        hasTouch: size === 'phone',
        reducedMotion: 'reduce',
      })
      const place = join(resolve(folder), `${size}-${colorScheme}`)
      mkdirSync(place, { recursive: true })
      await shootOne(context, stack, list, place, session ?? stack.signInUrl)
      await context.close()
    }
  }
}

async function shootOne(
  context: BrowserContext,
  stack: Stack,
  list: readonly Screen[],
  place: string,
  session: string,
): Promise<void> {
  const page = await context.newPage()
  await page.goto(session)
  await settled(page)
  for (const screen of list) {
    const shoot: Shoot = async (name) => {
      await settled(page)
      await page.screenshot({ path: join(place, `${name}.png`) })
    }
    await screen(page, shoot, stack).catch((error: unknown) =>
      process.stderr.write(`${place}: ${String(error).slice(0, 300)}\n`),
    )
  }
}

/** States that the fleet itself does not come to in a minute. */
async function stirUp(stack: Stack): Promise<void> {
  const why = ['--reason', 'looking at it']
  const running = `status = 'running' and seq > 3`
  await stack.holdpoint('pause', await runThat(stack, running), ...why)
  await stack.holdpoint('kill', await runThat(stack, running), '--reason', 'wrong customer')
  await stack.holdpoint('agent', 'isolate', 'nightly-report', '--reason', 'writes too much')
}

const stack = await Stack.start({ fleet: true, environment: 'staging' })
const browser = await chromium.launch(findBrowser())
try {
  if (existsSync(corpus)) stack.begins('replay', corpus, '--speed', '5', '--runs', '40')
  await sleep(Number(warmUp) * 1000)
  await stirUp(stack)
  await shootAll(browser, stack, screens)
  const empty = await Stack.start({ environment: 'local' })
  try {
    await shootAll(browser, empty, [
      open('/', 'empty-fleet'),
      open('/approvals', 'empty-approvals'),
      open('/agents', 'empty-agents'),
      open('/audit', 'empty-audit'),
    ])
  } finally {
    await empty.end()
  }
} finally {
  await browser.close()
  await stack.end()
}
