import type { Run } from '@holdpoint/sdk'

import { keepNewest, put, readText, writeText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { questions } from '../work/names.ts'
import { pick } from '../work/pick.ts'
import { think } from '../work/think.ts'

/** Runs of different length, so that they do not end together. */
const ticketsFrom = (first: number): number => 12 + (first % 3) * 4

interface Ticket {
  readonly id: number
  readonly order: number
  readonly question: string
}

interface Order {
  readonly product: string
  readonly state: string
}

/** Tickets wait as files; a run answers a handful of them. */
async function queueTickets(first: number, last: number): Promise<void> {
  for (let id = first; id <= last; id += 1) {
    const ticket: Ticket = { id, order: 5000 + id, question: pick(questions, id) }
    await put(`tickets/${id}.json`, JSON.stringify(ticket))
  }
}

async function answerTicket(run: Run, id: number): Promise<void> {
  const ticket = await run.step(
    'read ticket',
    { input: { ticket: id } },
    async (step) => JSON.parse(await readText(step, `tickets/${id}.json`)) as Ticket,
  )
  const order = await run.step('look up order', { input: { order: ticket.order } }, async (step) =>
    http<Order>(step, 'shop.get_order', { path: `/orders/${ticket.order}`, idempotent: true }),
  )
  const draft = await run.step('draft reply', async (step) => {
    const text = await think(
      step,
      `Answer "${ticket.question}" about a ${order.product} that is ${order.state}.`,
      `Thank you for writing. Your ${order.product} is ${order.state}; we look after it.`,
    )
    run.memory['answered'] = [...answered(run), id]
    return text
  })
  await run.step('send reply', async (step) =>
    writeText(step, 'mail.send', `outbox/${id}.txt`, draft, {
      reversible: false,
      key: `reply to ticket ${id}`,
    }),
  )
}

const answered = (run: Run): unknown[] => {
  const list = run.memory['answered']
  return Array.isArray(list) ? list : []
}

let next = 1000 + Math.floor(Math.random() * 500)

async function job(left: { labels: Readonly<Record<string, string>> } | undefined): Promise<Job> {
  const first = Number(left?.labels['first'] ?? next)
  const last = first + ticketsFrom(first) - 1
  if (left === undefined) next = last + 1
  await queueTickets(first, last)
  await keepNewest('outbox', 200)
  await keepNewest('tickets', 200)
  return {
    spec: {
      goal: `Answer tickets ${first} to ${last}`,
      skill: 'answer-tickets',
      skillVersion: '3',
      labels: { first: String(first) },
      limits: { costUsd: 0.5, steps: 100 },
    },
    async work(run) {
      for (let id = first; id <= last; id += 1) await answerTicket(run, id)
    },
  }
}

await keepWorking({ agent: 'support-agent', atATime: 3, pauseMs: 12_000, job })
