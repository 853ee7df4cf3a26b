import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Answer, type Call, type Department, notFound } from './call.ts'
import { orders, search, sources } from './catalogue.ts'
import { Gateway } from './gateway.ts'
import { Ledger } from './ledger.ts'
import { mail } from './mail.ts'
import { refunds, vouchers } from './money.ts'
import { health, warehouse } from './operations.ts'

const MOST_BYTES = 64 * 1024

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

/**
 * The outside world of the sample agents: a small HTTP server on loopback that keeps what was done to it in files of
 * `folder`. It is as unreliable as the world is: a gateway fails, an answer is lost.
 */
export async function startShop(pace: number, folder: string): Promise<Shop> {
  const departments = departmentsOf(pace, folder)
  const server = createServer((request, response) => {
    serve(request, response, departments, pace).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The shop has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  departments: ReadonlyMap<string, Department>,
  pace: number,
): Promise<void> {
  const given = await answer(request, departments, pace)
  if (given === 'silent') return
  response.writeHead(given.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(given.body))
}

function departmentsOf(pace: number, folder: string): ReadonlyMap<string, Department> {
  const gateway = new Gateway(pace)
  return new Map<string, Department>([
    ['orders', orders],
    ['sources', sources],
    ['search', search],
    ['mail', mail(new Ledger(join(folder, 'outbox')))],
    ['vouchers', vouchers(new Ledger(join(folder, 'vouchers')))],
    ['refunds', refunds(new Ledger(join(folder, 'refunds')))],
    ['warehouse', warehouse(new Ledger(join(folder, 'warehouse')), gateway)],
    ['health', health(gateway)],
  ])
}

async function answer(
  request: IncomingMessage,
  departments: ReadonlyMap<string, Department>,
  pace: number,
): Promise<Answer | 'silent'> {
  const url = new URL(request.url ?? '/', 'http://shop')
  const [, name = '', ...parts] = url.pathname.split('/')
  const department = departments.get(name)
  const key = request.headers['idempotency-key']
  const call: Call = {
    method: request.method ?? 'GET',
    parts,
    query: url.searchParams,
    body: await bodyOf(request),
    key: typeof key === 'string' ? key : undefined,
    takes: async (ms) => sleep(ms / pace),
  }
  return department === undefined ? notFound(url.pathname) : department(call)
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MOST_BYTES) throw new Error('The request is too large.')
  }
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
