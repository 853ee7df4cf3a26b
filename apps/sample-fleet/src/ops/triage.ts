import { type Run, RunFailure, type Worker } from '@holdpoint/sdk'

import { writeText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { told } from '../work/keep-working.ts'
import { wheneverLetIn } from '../work/let-in.ts'
import { between, think, wait } from '../work/think.ts'
import { AGENT, type Alert, type Health, TRIAGE, TRIAGE_VERSION } from './alert.ts'

const LOOKS = 3
const RESTARTS = 4
const PATIENCE_MS = 60_000

interface ShopError {
  readonly at: string
  readonly what: string
}

interface Found {
  readonly alert: Alert
}

/** Takes triage runs from the queue, one at a time. */
export async function serveTriage(worker: Worker, signal: AbortSignal): Promise<void> {
  await wheneverLetIn(worker, signal, async () =>
    worker.serve(
      { [TRIAGE]: { version: TRIAGE_VERSION, work: triage } },
      {
        agent: AGENT,
        onHold: { exitAfterMs: PATIENCE_MS },
        ended: (_run, error) => error !== undefined && told(AGENT, error),
      },
    ),
  )
}

/** What is broken, since when; a restart; whether that helped. */
async function triage(run: Run<Found>): Promise<void> {
  const { alert } = run.memory
  for (let nth = 1; nth <= LOOKS; nth += 1) {
    const { errors } = await run.step('read errors', { input: { alert: alert.id } }, async (step) =>
      http<{ errors: readonly ShopError[] }>(step, 'shop.errors', {
        path: '/health/errors',
        idempotent: true,
      }),
    )
    await run.step('compare', { input: { errors: errors.length } }, async (step) =>
      think(step, errors.map(({ what }) => what).join('; '), {
        says: `All of them are 502 of one gateway; nothing else changed (look ${nth}).`,
        ms: [6000, 9000],
      }),
    )
  }
  const status = await restartUntilWell(run, alert)
  await run.step('file finding', { input: { status } }, async (step) =>
    writeText(step, 'file.write', 'finding.txt', `${alert.what}; after a restart: ${status}\n`, {
      reversible: true,
    }),
  )
  if (status !== 'ok') throw new RunFailure('RETRY_LIMIT_REACHED', `${RESTARTS} restarts in vain`)
}

async function restartUntilWell(run: Run<Found>, alert: Alert): Promise<Health['status']> {
  for (let nth = 1; ; nth += 1) {
    await run.step('restart gateway', async (step) =>
      http(step, 'gateway.restart', {
        method: 'POST',
        path: '/health/restart',
        target: alert.id,
        reversible: true,
        idempotent: true,
      }),
    )
    const ms = between(12_000, 18_000)
    await run.waitingOn({
      kind: 'timer',
      what: 'the gateway to come up',
      until: new Date(Date.now() + ms),
    })
    await wait(ms, run.signal)
    const { status } = await run.step('look again', async (step) =>
      http<Health>(step, 'shop.health', { path: '/health', idempotent: true }),
    )
    if (status === 'ok' || nth === RESTARTS) return status
  }
}
