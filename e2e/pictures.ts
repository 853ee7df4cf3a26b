// The pictures of the README, of the sample fleet as it is: node e2e/pictures.ts [seconds it works first]
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { chromium, type Page } from '@playwright/test'

import { findBrowser } from './browser.ts'
import { palettePng } from './palette-png.ts'
import { Stack } from './stack.ts'
import { root } from './stack/program.ts'

const [warmUp = '240'] = process.argv.slice(2)
const desk = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

async function idOf(stack: Stack, question: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(question)
  const [first] = rows
  if (first === undefined) throw new Error(`the fleet has come to no such state: ${question}`)
  return first.id
}

const stack = await Stack.start({ fleet: true, environment: 'staging' })
const browser = await chromium.launch(findBrowser())
try {
  await sleep(Number(warmUp) * 1000)
  const paused = await idOf(
    stack,
    `select workflow_id as id from workflow_checkpoints where agent_id = 'support-agent' and skill = 'answer-tickets'
       and status = 'running' order by steps desc limit 1`,
  )
  await stack.holdpoint('pause', paused, '--reason', 'customer on the phone')
  const refund = await idOf(
    stack,
    `select approval_id as id from approval_queue where tool is not null and decision is null and closed_at is null
       order by requested_at desc limit 1`,
  )
  const pictures = [
    { name: 'fleet', path: '/', viewport: desk },
    { name: 'run', path: `/runs/${paused}`, viewport: desk },
    { name: 'approvals', path: `/approvals/${refund}`, viewport: desk },
    { name: 'incidents', path: '/incidents?from=-5m', viewport: desk },
    { name: 'phone-fleet', path: '/', viewport: phone },
  ]
  const session = await browser.newContext()
  await (await session.newPage()).goto(stack.signInUrl)
  const storageState = await session.storageState()
  await session.close()
  // An empty page: the product's own takes no image from elsewhere.
  const easel = await browser.newPage()
  for (const { name, path, viewport } of pictures) {
    for (const colorScheme of ['dark', 'light'] as const) {
      const page: Page = await browser.newPage({
        storageState,
        viewport,
        colorScheme,
        deviceScaleFactor: 2,
        reducedMotion: 'reduce',
        hasTouch: viewport === phone,
      })
      await page.goto(stack.url + path)
      await page
        .getByRole('status')
        .filter({ hasText: /^Live$/ })
        .waitFor({ state: 'attached' })
      // What is fetched after the first frames is drawn as well.
      await sleep(4000)
      const picture = await palettePng(easel, await page.screenshot())
      writeFileSync(join(root, 'docs/pictures', `${name}-${colorScheme}.png`), picture)
      await page.close()
    }
  }
} finally {
  await browser.close()
  await stack.end()
}
