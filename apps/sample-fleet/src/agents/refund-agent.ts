import {
  ActionFailure,
  ApprovalExpiredError,
  type Json,
  type Run,
  type Step,
  type UnfinishedRun,
} from '@holdpoint/sdk'

import { asAgent } from '../work/as-agent.ts'
import { nextNumber } from '../work/counter.ts'
import { ask, http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { sendMail } from '../work/mail.ts'
import { think } from '../work/think.ts'

const FIRST_ORDER = 7000
/** A customer is not left waiting for longer. */
const PATIENCE_MS = 4 * 3_600_000

/** A reviewer may give back less than was paid, and to nobody else. */
const refundSchema = (eur: number): object => ({
  type: 'object',
  properties: {
    order: { type: 'integer' },
    eur: { type: 'number', exclusiveMinimum: 0, maximum: eur },
    to: { type: 'string' },
  },
  required: ['order', 'eur', 'to'],
  additionalProperties: false,
})

interface Order {
  readonly customer: string
  readonly product: string
  readonly eur: number
  readonly state: string
}

interface Receipt {
  readonly receipt: string
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
    try {
      const answer = await step.approve({
        tool: 'payments.refund',
        target: `order ${id}`,
        arguments: args,
        schema: refundSchema(order.eur),
        consequence: { before: { refunded: 0 }, after: { refunded: order.eur }, rows: 1 },
        reason,
        reversible: false,
        risk: order.eur > 80 ? 'high' : 'medium',
        expiresAt: new Date(Date.now() + PATIENCE_MS),
        onExpiry: 'reject',
      })
      if (answer.decision === 'rejected') return { refunded: false, why: answer.reason }
      const { receipt } = await payBack(step, id, answer.arguments)
      return { refunded: true, receipt }
    } catch (error) {
      if (!(error instanceof ApprovalExpiredError)) throw error
      return { refunded: false, why: 'Nobody could look at it in time; please write to us again.' }
    }
  })
  await run.step('tell the customer', { input: refunded }, async (step) =>
    sendMail(step, {
      box: `refund-${id}`,
      to: order.customer,
      text: refunded.refunded
        ? 'Your refund is on its way.'
        : `We cannot refund this one. ${refunded.why ?? ''}`,
      key: `refund ${id}`,
    }),
  )
}

/**
 * Exactly what was approved, and perhaps edited: the same request, and so the same digest. When the payment service does not answer, the
 * gate is asked again: it holds the run until a person has said whether the money went out.
 */
async function payBack(step: Step, id: number, args: Json): Promise<Receipt> {
  for (;;) {
    try {
      return await http<Receipt>(step, 'payments.refund', {
        method: 'POST',
        path: `/refunds/${id}`,
        request: args as object,
        target: `order ${id}`,
        reversible: false,
        key: `refund of order ${id}`,
        landed: async () => ask<Receipt>({ path: `/refunds/${id}` }, step.signal),
      })
    } catch (error) {
      if (!(error instanceof ActionFailure && error.outcome === 'unknown')) throw error
      step.signal.throwIfAborted()
    }
  }
}

function job(left: UnfinishedRun | undefined): Job {
  const order = Number(left?.labels['order'] ?? FIRST_ORDER + nextNumber('order'))
  return {
    spec: {
      goal: `Settle the refund claim for order ${order}`,
      skillVersion: '6',
      labels: { order: String(order) },
    },
    work: async (run) => refund(run, order),
  }
}

export const live = async (): Promise<never> =>
  asAgent(keepWorking({ agent: 'refund-agent', skill: 'refund', atATime: 2, pauseMs: 60_000, job }))
