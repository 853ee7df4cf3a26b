// Pictures of every screen, for people to look at: node e2e/screenshots.ts FOLDER [seconds the fleet works first]
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { chromium } from '@playwright/test'

import { findBrowser } from './browser.ts'
import { agents, approvals, incidents, past, settings } from './shots-new.ts'
import { stage } from './shots-staged.ts'
import { open, runThat, type Screen, settled, shootAll } from './shots.ts'
import { Stack } from './stack.ts'
import { root } from './stack/program.ts'
import { Wire } from './stack/wire.ts'

const [folder = 'screenshots', warmUp = '60'] = process.argv.slice(2)
const corpus = join(root, '../shared/data/tau-bench/gpt-4o-airline.json')

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
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
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

const stack = await Stack.start({ fleet: true, environment: 'staging' })
const browser = await chromium.launch(findBrowser())
try {
  if (existsSync(corpus)) stack.begins('replay', corpus, '--speed', '5', '--runs', '40')
  await sleep(Number(warmUp) * 1000)
  await stage(stack)
  const all = [...incidents, ...past, ...approvals, ...agents, ...settings, ...screens]
  await shootAll(browser, stack, all, resolve(folder))
  const empty = await Stack.start({ environment: 'local' })
  try {
    const nothing = [
      open('/', 'empty-fleet'),
      open('/approvals', 'empty-approvals'),
      open('/agents', 'empty-agents'),
      open('/audit', 'empty-audit'),
      open('/incidents', 'empty-incidents'),
      open('/agents?view=policies', 'empty-policies'),
      open('/agents?view=drift', 'empty-drift'),
      open('/agents?view=loops', 'empty-loops'),
      open('/settings?view=notifications', 'empty-notifications'),
    ]
    await shootAll(browser, empty, nothing, resolve(folder))
  } finally {
    await empty.end()
  }
} finally {
  await browser.close()
  await stack.end()
}
