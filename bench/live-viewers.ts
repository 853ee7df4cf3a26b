import type { FleetFrame } from '@holdpoint/protocol'
import { Tail } from '@holdpoint/server/tail'
import type { Page } from '@playwright/test'

import { launch, openPage } from './browser/chromium.ts'
import { numberOf, type Stamps, wallClock } from './stamps.ts'

/** Somebody who sees changes; `stamps` may be exchanged between rates. */
export interface Viewer {
  stamps: Stamps | undefined
  close(): Promise<void>
}

/** The server's own reader, on a connection of its own. */
export function tailViewer(serverUrl: string): Viewer {
  const viewer: Viewer = { stamps: undefined, close: async () => tail.stop() }
  const tail = new Tail(
    serverUrl,
    {
      loaded: () => undefined,
      changed: () => undefined,
      read: ({ events }) => {
        const at = wallClock()
        for (const { state } of events) {
          const n = numberOf(/"step": ?"(e\d+)"/.exec(state)?.[1])
          if (n !== undefined) viewer.stamps?.seen(n, at)
        }
      },
    },
    (line) => process.stderr.write(`${line}\n`),
  )
  tail.start()
  return viewer
}

/** A bare HTTP client of the fleet stream: what every browser gets, before it draws. */
export async function streamViewer(origin: string, apiToken: string): Promise<Viewer> {
  const stopping = new AbortController()
  const response = await fetch(`${origin}/api/stream/fleet`, {
    headers: { authorization: `Bearer ${apiToken}` },
    signal: stopping.signal,
  })
  if (!response.ok || response.body === null)
    throw new Error(`the stream answered ${response.status}`)
  const viewer: Viewer = {
    stamps: undefined,
    close: async () => {
      stopping.abort()
      await reading.catch(() => undefined)
    },
  }
  const reading = readFrames(response.body, (frame) => {
    const at = wallClock()
    for (const { step } of frame.runs) {
      const n = numberOf(step)
      if (n !== undefined) viewer.stamps?.seen(n, at)
    }
  })
  return viewer
}

async function readFrames(
  body: ReadableStream<Uint8Array>,
  onFrame: (frame: FleetFrame) => void,
): Promise<void> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const messages = rest.split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const data = /^data: ?(.*)$/m.exec(message)?.[1]
      if (/^event: ?frame$/m.test(message) && data !== undefined) {
        onFrame(JSON.parse(data) as FleetFrame)
      }
    }
  }
}

interface Watched {
  sights?: [string, number][]
}

/** The fleet page in a real browser; a change is seen when the frame that shows it has been painted. */
export async function pixelViewer(
  signInUrl: string,
): Promise<Viewer & { collect(): Promise<void> }> {
  const browser = await launch()
  const page = await openPage(browser)
  await page.goto(signInUrl)
  await page
    .getByText(/^e?start$|^e\d+$/)
    .first()
    .waitFor({ timeout: 60_000 })
  await watchSteps(page)
  const viewer = {
    stamps: undefined as Stamps | undefined,
    async collect() {
      const sights = await page.evaluate(() => {
        const watched = globalThis as Watched
        const all = watched.sights ?? []
        watched.sights = []
        return all
      })
      for (const [step, at] of sights) {
        const n = numberOf(step)
        if (n !== undefined) viewer.stamps?.seen(n, at)
      }
    },
    close: async () => browser.close(),
  }
  return viewer
}

async function watchSteps(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = globalThis as Watched
    watched.sights = []
    let waiting: string[] = []
    const painted = new MessageChannel()
    painted.port1.addEventListener('message', () => {
      const now = performance.timeOrigin + performance.now()
      for (const step of waiting) watched.sights?.push([step, now])
      waiting = []
    })
    painted.port1.start()
    new MutationObserver((records) => {
      const wasEmpty = waiting.length === 0
      for (const { target } of records) {
        const text = target.textContent ?? ''
        if (/^e\d+$/.test(text)) waiting.push(text)
      }
      // A message posted from an animation frame arrives after that frame was painted.
      if (wasEmpty && waiting.length > 0) {
        requestAnimationFrame(() => {
          painted.port2.postMessage(0)
        })
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
}
