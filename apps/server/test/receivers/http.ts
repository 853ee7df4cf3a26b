import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll } from 'vitest'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Answers one request; the usual way is 204. One that does not answer hangs. */
export type Manner = (answer: ServerResponse, received: Received) => void

/** A receiver of webhooks on this machine that keeps what it was sent. */
export class Receiver {
  readonly received: Received[] = []
  manner: Manner
  url = ''
  readonly #listeners = new Set<() => void>()

  private constructor(manner: Manner) {
    this.manner = manner
  }

  static async start(manner: Manner = well): Promise<Receiver> {
    const receiver = new Receiver(manner)
    const server = createServer((request, answer) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { url: path = '', headers } = request
        const received = { path, headers, text: Buffer.concat(parts).toString() }
        receiver.received.push(received)
        receiver.manner(answer, received)
        for (const listener of receiver.#listeners) listener()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    afterAll(() => {
      server.closeAllConnections()
      server.close()
    })
    return receiver
  }

  /** Waits until so many came. There is no time in it but the test's own limit. */
  async until(count: number): Promise<readonly Received[]> {
    while (this.received.length < count)
      await new Promise<void>((resolve) => this.#listeners.add(resolve))
    return this.received
  }
}

export const well: Manner = (answer) => answer.writeHead(204).end()
export const failing: Manner = (answer) => answer.writeHead(500).end('a secret of the receiver')
export const hanging: Manner = () => undefined
