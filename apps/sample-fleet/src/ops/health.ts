import { createHash } from 'node:crypto'

import type { Run, Worker } from '@holdpoint/sdk'

import { pace } from '../settings.ts'
import { http } from '../work/http.ts'
import { told } from '../work/keep-working.ts'
import { wheneverLetIn } from '../work/let-in.ts'
import { between, wait } from '../work/think.ts'
import { AGENT, type Alert, type Health, TRIAGE, TRIAGE_VERSION } from './alert.ts'

const LOOP = 'shop-health'
/** A look that is held for longer is let go of: the next one must not wait behind it. */
const PATIENCE_MS = 20_000

/** Looks at the shop's health each minute, and more often while something is wrong. */
export async function watchShop(worker: Worker, signal: AbortSignal): Promise<void> {
  const state = { alarmed: true }
  const loop = async (): Promise<void> =>
    worker.loop(
      {
        agent: AGENT,
        name: LOOP,
        goal: 'Look whether the shop is well',
        cron: '* * * * *',
        skillVersion: '1',
        labels: { model: 'scripted' },
        atATime: 2,
        onHold: { exitAfterMs: PATIENCE_MS },
        signal,
        ended: (_run, error) => error !== undefined && told(AGENT, error),
      },
      async (run) => {
        state.alarmed = await look(worker, run)
      },
    )
  await Promise.all([wheneverLetIn(worker, signal, loop), lookSooner(worker, state, signal)])
}

/** Between two minutes: while something is wrong, and where time runs faster than a cron schedule can. */
async function lookSooner(
  worker: Worker,
  state: { readonly alarmed: boolean },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await wait(between(14_000, 20_000), signal)
    if (!state.alarmed && pace() === 1) continue
    await wheneverLetIn(worker, signal, async () => worker.fire(LOOP)).catch((error: unknown) => {
      // Its login was locked, and the loop is not declared again yet.
      if (!(error instanceof TypeError)) throw error
    })
  }
}

/** @returns whether something is wrong */
async function look(worker: Worker, run: Run): Promise<boolean> {
  const { alert } = await run.step('look', async (step) =>
    http<Health>(step, 'shop.health', { path: '/health', idempotent: true }),
  )
  if (alert === null) return false
  await run.step('start triage', { input: alert }, async (step) =>
    step.action(
      'triage.start',
      { target: alert.id, request: { alert: alert.id }, reversible: true, idempotent: true },
      async () => startTriage(worker, alert),
    ),
  )
  return true
}

/** One triage for an alert, however often it is seen; and none while another one is at work. */
async function startTriage(worker: Worker, alert: Alert): Promise<{ triage: string }> {
  const unfinished = await worker.unfinished(AGENT)
  const other = unfinished.find(({ skill }) => skill === TRIAGE)
  if (other !== undefined) return { triage: `${other.id} is at it` }
  const runId = uuidOf(`${alert.id} ${alert.since}`)
  await worker.enqueue({
    agent: AGENT,
    runId,
    skill: TRIAGE,
    skillVersion: TRIAGE_VERSION,
    goal: `Triage: ${alert.what}`,
    labels: { model: 'scripted', alert: alert.id },
    memory: { alert },
  })
  return { triage: runId }
}

/** The same text gives the same id, and so the same run. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
