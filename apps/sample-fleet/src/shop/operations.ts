import { type Department, made, notFound, ok } from './call.ts'
import type { Gateway } from './gateway.ts'
import type { Ledger } from './ledger.ts'

export interface Load {
  readonly token: string
  readonly file: string
  readonly at: string
}

/** The warehouse takes a day's files: each token is loaded once. */
export const warehouse =
  (loaded: Ledger<Load>, gateway: Gateway): Department =>
  async ({ method, parts, key, takes }) => {
    const [day = '', file = ''] = parts
    const book = `day-${day}`
    if (method === 'GET') return ok({ loaded: loaded.lines(book) })
    if (gateway.fails(Number(day), file)) {
      await takes(4100)
      return { status: 502, body: { error: 'bad gateway' } }
    }
    await takes(1800)
    const token = key ?? `${day}-${file}`
    const before = loaded.lines(book).find((load) => load.token === token)
    if (before !== undefined) return ok(before)
    const load = { token, file, at: new Date().toISOString() }
    loaded.add(book, load)
    return made(load)
  }

export const health =
  (gateway: Gateway): Department =>
  async ({ method, parts, takes }) => {
    await takes(300)
    const asked = `${method} ${parts[0] ?? ''}`
    switch (asked) {
      case 'GET ':
        return ok({
          status: gateway.alert === undefined ? 'ok' : 'degraded',
          alert: gateway.alert ?? null,
        })
      case 'GET errors':
        return ok({ errors: gateway.errors })
      case 'POST restart':
        await takes(2500)
        gateway.restart()
        return ok({ restarted: 'gateway-south' })
      default:
        return notFound(asked)
    }
  }
