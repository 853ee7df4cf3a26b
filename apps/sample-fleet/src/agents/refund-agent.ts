import type { Run } from '@holdpoint/sdk'

import { writeText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { think } from '../work/think.ts'

interface Order {
  readonly customer: string
  readonly product: string
  readonly eur: number
  readonly state: string
}

/** Money that is gone is gone: a person says yes to exactly this refund before it is made. */
async function refund(run: Run, id: number): Promise<void> {
  const order = await run.step('look up order', { input: { order: id } }, async (step) =>
    http<Order>(step, 'shop.get_order', { path: `/orders/${id}`, idempotent: true }),
  )
  const reason = await run.step('judge the claim', { input: order }, async (step) =>
    think(
      step,
      `Does ${order.customer} get a refund for a ${order.product} that is ${order.state}?`,
      `${order.customer} sent photos of a broken ${order.product}; the policy grants the whole price.`,
    ),
  )
  const refunded = await run.step('refund', async (step) => {
    const args = { order: id, eur: order.eur, to: order.customer }
    const answer = await step.approve({
      tool: 'payments.refund',
      target: `order ${id}`,
      arguments: args,
      reason,
      reversible: false,
      risk: order.eur > 80 ? 'high' : 'medium',
    })
    if (answer.decision === 'rejected') return { refunded: false, why: answer.reason }
    const receipt = await http<{ refund: string }>(step, 'payments.refund', {
      method: 'POST',
      path: `/refunds/${id}`,
      // Exactly what was approved: the same request, and so the same digest.
      request: args,
      target: `order ${id}`,
      reversible: false,
      key: `refund of order ${id}`,
    })
    return { refunded: true, receipt: receipt.refund }
  })
  await run.step('tell the customer', { input: refunded }, async (step) =>
    writeText(
      step,
      'mail.send',
      `outbox/refund-${id}.txt`,
      refunded.refunded ? 'Your refund is on its way.' : 'We cannot refund this one.',
      { reversible: false },
    ),
  )
}

let next = 7000 + Math.floor(Math.random() * 1000)

function job(left: { labels: Readonly<Record<string, string>> } | undefined): Job {
  const order = Number(left?.labels['order'] ?? (next += 1))
  return {
    spec: {
      goal: `Settle the refund claim for order ${order}`,
      skill: 'refund',
      skillVersion: '5',
      labels: { order: String(order) },
    },
    work: async (run) => refund(run, order),
  }
}

await keepWorking({ agent: 'refund-agent', atATime: 2, pauseMs: 30_000, job })
