import { setTimeout as sleep } from 'node:timers/promises'

import { serve, service } from '@restatedev/restate-sdk'

import { freePort, startRestateServer } from './restate-server.ts'
import { answerSlices, type TakeSteps } from './slices.ts'

// Restate as a peer: a process of its own with a Restate server, that serves a handler of small steps to it.

const START_MS = 60_000
const result = 'x'.repeat(1000)

/** Outside the invocation's input, which Restate stores. */
let takeSteps: TakeSteps = async () => undefined

const bench = service({
  name: 'bench',
  handlers: { work: async (context) => takeSteps(async () => context.run('step', () => result)) },
})

const { adminUrl, ingressUrl } = await startRestateServer()
const port = await freePort()
await serve({ services: [bench], port })
await untilDone(async () => post(`${adminUrl}/deployments`, { uri: `http://127.0.0.1:${port}` }))
await untilDone(work)

answerSlices(async (runs, take) => {
  takeSteps = take
  await Promise.all(Array.from({ length: runs }, work))
})

async function work(): Promise<void> {
  await post(`${ingressUrl}/bench/work`)
}

async function post(url: string, body?: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  if (!answer.ok) throw new Error(`Restate answered ${answer.status}: ${await answer.text()}`)
  await answer.body?.cancel()
}

async function untilDone(attempt: () => Promise<void>): Promise<void> {
  const last = Date.now() + START_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > last) throw error
      await sleep(200)
    }
  }
}
