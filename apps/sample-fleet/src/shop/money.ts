import { type Department, made, notFound, ok } from './call.ts'
import type { Ledger } from './ledger.ts'

export interface Voucher {
  readonly ticket: number
  readonly code: string
}

/** Vouchers: no key, so two requests are two vouchers. Whoever does not know must look. */
export const vouchers =
  (issued: Ledger<Voucher>): Department =>
  async ({ method, parts, body, takes }) => {
    const [batch = ''] = parts
    if (method === 'GET') return ok({ vouchers: issued.lines(batch) })
    await takes(2000)
    const ticket = Number(body['ticket'])
    const code = `V-${ticket}-${issued.lines(batch).length + 1}`
    issued.add(batch, { ticket, code })
    await takes(2000)
    return made({ code })
  }

export interface Refund {
  readonly order: number
  readonly receipt: string
}

/** Every fourth refund gets no answer the first time: of those, every other one was made all the same. */
export function refunds(paid: Ledger<Refund>): Department {
  const silentOnce = new Set<number>()
  return async ({ method, parts, takes }) => {
    const order = Number(parts[0])
    const before = paid.lines(`order-${order}`)[0]
    if (method === 'GET') return before === undefined ? notFound(`refund ${order}`) : ok(before)
    await takes(3000)
    const silent = order % 4 === 2 && !silentOnce.has(order)
    const receipt = `re_${order}`
    if (!silent || order % 8 === 2) paid.add(`order-${order}`, { order, receipt })
    if (!silent) return made({ order, receipt })
    silentOnce.add(order)
    return 'silent'
  }
}
