import { ActionFailure, type Run, type Step, type Worker } from '@holdpoint/sdk'

import { nextNumber } from '../work/counter.ts'
import { ask } from '../work/http.ts'
import { told } from '../work/keep-working.ts'
import { wheneverLetIn } from '../work/let-in.ts'
import { between, think, wait } from '../work/think.ts'

const AGENT = 'support-agent'
const SKILL = 'goodwill'
const VERSION = '1'
/** More than one worker does at once, so that some wait in the queue for a while. */
const BATCHES = 3
const VOUCHERS = 10
const PAUSE_MS = 240_000

interface Batch {
  readonly batch: number
  readonly tickets: readonly number[]
}

interface Issued {
  readonly ticket: number
  readonly code: string
}

let inFlight = 0
export const vouchersInFlight = (): number => inFlight

/** Vouchers for customers who had trouble: batches wait in a queue, and this worker takes one after the other. */
export async function goodwill(worker: Worker, signal: AbortSignal): Promise<void> {
  const serve = async (): Promise<void> =>
    worker.serve(
      { [SKILL]: { version: VERSION, work: issueBatch } },
      { agent: AGENT, ended: (_run, error) => error !== undefined && told(AGENT, error) },
    )
  await Promise.all([wheneverLetIn(worker, signal, serve), leaveBatches(worker, signal)])
}

/** Puts batches into the queue whenever the earlier ones are done. */
async function leaveBatches(worker: Worker, signal: AbortSignal): Promise<void> {
  for (;;) {
    await wheneverLetIn(worker, signal, async () => {
      const left = await worker.unfinished(AGENT)
      if (left.some(({ skill }) => skill === SKILL)) return
      for (let n = 0; n < BATCHES; n += 1) await leaveBatch(worker)
    })
    await wait(between(PAUSE_MS, PAUSE_MS * 1.5), signal)
  }
}

async function leaveBatch(worker: Worker): Promise<void> {
  const batch = nextNumber('batch')
  const tickets = Array.from({ length: VOUCHERS }, (_, n) => batch * 100 + n)
  await worker.enqueue<Batch>({
    agent: AGENT,
    skill: SKILL,
    skillVersion: VERSION,
    goal: `Issue ${VOUCHERS} goodwill vouchers, batch ${batch}`,
    labels: { model: 'scripted', batch: String(batch) },
    memory: { batch, tickets },
  })
}

async function issueBatch(run: Run<Batch>): Promise<void> {
  const { batch, tickets } = run.memory
  for (const ticket of tickets) {
    await run.step('judge complaint', { input: { ticket } }, async (step) =>
      think(step, `What does the customer of ticket ${ticket} get?`, 'A voucher of 10 EUR.'),
    )
    await run.step('issue voucher', { input: { ticket } }, async (step) =>
      issue(step, batch, ticket),
    )
  }
}

/** The shop has no key for vouchers: asked twice it issues two. Only a person may say whether to ask again. */
async function issue(step: Step, batch: number, ticket: number): Promise<string> {
  const path = `/vouchers/${batch}`
  const body = { ticket, eur: 10 }
  const { code } = await step.action<Pick<Issued, 'code'>>(
    'voucher.issue',
    {
      target: `ticket ${ticket}`,
      request: { method: 'POST', path, body },
      reversible: false,
      landed: async () => issuedFor(batch, ticket, step.signal),
    },
    async (signal) => {
      inFlight += 1
      try {
        return await ask<Issued>({ method: 'POST', path, body }, signal)
      } finally {
        inFlight -= 1
      }
    },
  )
  return code
}

/** A person said that it landed: its code is looked up, nothing is done. */
async function issuedFor(batch: number, ticket: number, signal: AbortSignal): Promise<Issued> {
  const { vouchers } = await ask<{ vouchers: Issued[] }>({ path: `/vouchers/${batch}` }, signal)
  const found = vouchers.find((voucher) => voucher.ticket === ticket)
  if (found === undefined)
    throw new ActionFailure(`The shop knows no voucher for ticket ${ticket}.`)
  return found
}
