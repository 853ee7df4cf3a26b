import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { customers, products } from './work/names.ts'
import { pick } from './work/pick.ts'

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

/** The outside world of the sample agents: a small HTTP server on loopback with orders, sources and a warehouse. */
export async function startShop(pace: number): Promise<Shop> {
  const server = createServer((request, response) => {
    answer(request, response, pace).catch(() => response.destroy())
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pace: number,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://shop')
  const [, kind = '', id = ''] = url.pathname.split('/')
  request.resume()
  switch (`${request.method} ${kind}`) {
    case 'GET orders':
      await sleep(2500 / pace)
      return send(response, 200, order(Number(id)))
    case 'POST refunds':
      await sleep(3000 / pace)
      return send(response, 201, { refund: `re_${id}`, status: 'accepted' })
    case 'GET sources':
      await sleep(2500 / pace)
      return send(response, 200, source(Number(id)))
    case 'PUT warehouse':
      // The supplier's gateway gives up after four seconds, now and then.
      if (url.searchParams.get('weather') === 'bad') {
        await sleep(4100 / pace)
        return send(response, 502, { error: 'bad gateway' })
      }
      await sleep(2500 / pace)
      return send(response, 200, { landed: id })
    default:
      return send(response, 404, { error: `nothing at ${url.pathname}` })
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const order = (id: number) => ({
  id,
  customer: pick(customers, id),
  product: pick(products, id * 7),
  eur: 19.9 + (id % 23) * 5,
  state: pick(['delivered', 'in transit', 'packed', 'returned'], id * 3),
  placed: `2026-0${1 + (id % 9)}-1${id % 10}`,
})

const source = (id: number) => ({
  id,
  title: `Source ${id}: ${pick(products, id)} and what buyers say`,
  words: 400 + ((id * 37) % 900),
  trust: ((id * 13) % 10) / 10,
})
