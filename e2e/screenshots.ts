// Pictures of every screen, for people to look at:
//   node e2e/screenshots.ts FOLDER [words in their names]... [--in phone-dark] [--seconds 60] [--stay]
// With --stay what runs is kept: each line of words on standard input takes those pictures anew.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { chromium } from '@playwright/test'

import { findBrowser } from './browser.ts'
import { crowd, stageCrowd } from './shots-crowd.ts'
import { busy, empty, night } from './shots-list.ts'
import { stage } from './shots-staged.ts'
import { type Screen, shootAll, wanted, type Wish } from './shots.ts'
import { Stack } from './stack.ts'
import { corpus } from './stack/corpus.ts'
import { stageNight } from './stack/night.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    in: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '60' },
    stay: { type: 'boolean', default: false },
  },
})
const [folder = 'screenshots', ...words] = positionals

/** What a set of screens is taken of, started when one of them is asked for. */
interface Scene {
  readonly list: readonly Screen[]
  readonly begin: () => Promise<Stack>
}

const scenes: readonly Scene[] = [
  {
    list: busy,
    begin: async () => {
      const stack = await Stack.start({ fleet: true, environment: 'staging' })
      if (existsSync(corpus)) stack.begins('replay', corpus, '--speed', '5', '--runs', '40')
      await sleep(Number(values.seconds) * 1000)
      await stage(stack)
      return stack
    },
  },
  { list: empty, begin: async () => Stack.start({ environment: 'local' }) },
  {
    list: night,
    begin: async () => {
      const stack = await Stack.start({ environment: 'production' })
      await stageNight(stack, 'night')
      return stack
    },
  },
  {
    list: crowd,
    begin: async () => {
      const stack = await Stack.start({ environment: 'production' })
      await stageCrowd(stack)
      return stack
    },
  },
]

const begun = new Map<Scene, Promise<Stack>>()
const browser = await chromium.launch(findBrowser())

async function take(wish: Wish): Promise<void> {
  for (const scene of scenes) {
    if (wanted(scene.list, wish).length === 0) continue
    const starting = begun.get(scene) ?? scene.begin()
    begun.set(scene, starting)
    await shootAll(browser, await starting, scene.list, wish, resolve(folder))
  }
}

try {
  await take({ words, places: values.in })
  if (values.stay) {
    process.stdout.write('taken\n')
    for await (const line of createInterface({ input: process.stdin })) {
      const asked = line.split(/\s+/).filter((word) => word !== '')
      const places = asked.filter((word) => /^(desk|phone)/.test(word))
      await take({ words: asked.filter((word) => !places.includes(word)), places })
      process.stdout.write('taken\n')
    }
  }
} finally {
  await browser.close()
  const ending = [...begun.values()].map(async (stack) => (await stack).end())
  await Promise.allSettled(ending)
}
