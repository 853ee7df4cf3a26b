import type { Run, UnfinishedRun } from '@holdpoint/sdk'

import { nextNumber } from '../work/counter.ts'
import { http } from '../work/http.ts'
import type { Job } from '../work/keep-working.ts'
import { sendMail } from '../work/mail.ts'
import { questions } from '../work/names.ts'
import { pick } from '../work/pick.ts'
import { between, think, wait } from '../work/think.ts'
import { outOfMemory, runsOutOfMemory } from './out-of-memory.ts'

const TICKETS = 64
/** So many wait when a run begins; the others come in while it works. */
const BACKLOG = 52
const FIRST_TICKET = 1001

interface Order {
  readonly product: string
  readonly state: string
}

/** The next queue of tickets: one long run answers them all. */
export function tickets(left: UnfinishedRun | undefined): Job {
  const queue = Number(left?.labels['queue'] ?? nextNumber('queue'))
  const first = FIRST_TICKET + (queue - 1) * TICKETS
  return {
    spec: {
      goal: `Answer ${TICKETS} tickets, ${first} to ${first + TICKETS - 1}`,
      skillVersion: '4',
      labels: { queue: String(queue) },
      limits: { costUsd: 1, steps: TICKETS * 3 },
    },
    async work(run) {
      for (let nth = 1; nth <= TICKETS; nth += 1) {
        if (nth > BACKLOG) await nextTicket(run)
        await answerTicket(run, queue, nth, first + nth - 1)
      }
    },
  }
}

async function nextTicket(run: Run): Promise<void> {
  const ms = between(12_000, 24_000)
  await run.waitingOn({ kind: 'job', what: 'the next ticket', until: new Date(Date.now() + ms) })
  await wait(ms, run.signal)
}

async function answerTicket(run: Run, queue: number, nth: number, id: number): Promise<void> {
  const question = pick(questions, id)
  const draft = await run.step('draft reply', { input: { ticket: id, question } }, async (step) => {
    const order = await http<Order>(step, 'shop.get_order', {
      path: `/orders/${4000 + id}`,
      idempotent: true,
    })
    const text = await think(
      step,
      `Answer "${question}" about a ${order.product} that is ${order.state}.`,
      {
        says: `Thank you for writing. Your ${order.product} is ${order.state}; we look after it.`,
        ms: [300, 600],
      },
    )
    run.memory['drafted'] = nth
    return text
  })
  await run.step('send reply', { input: { ticket: id } }, async (step) =>
    sendMail(step, {
      box: `queue-${queue}`,
      to: `ticket ${id}`,
      text: draft,
      key: `reply to ticket ${id}`,
      answered: async () => {
        if (runsOutOfMemory(queue, nth)) await outOfMemory(queue)
      },
    }),
  )
}
