import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'

import { until } from './rows.ts'

export interface Arrival {
  readonly path: string
  readonly by: string
}

/** The outside world: counts what reaches it, and may leave a caller without an answer. */
export class Effects {
  readonly arrivals: Arrival[] = []
  readonly #server: Server
  readonly #held = new Set<string>()
  readonly #waiting: { path: string; answer: ServerResponse }[] = []
  /** Milliseconds that an answer takes, at most. */
  slow = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, answer) => {
      const path = decodeURIComponent(request.url ?? '').slice(1)
      this.arrivals.push({ path, by: String(request.headers['x-by']) })
      answer.on('error', () => undefined)
      if (this.#held.has(path)) this.#waiting.push({ path, answer })
      else setTimeout(() => answer.end('ok'), Math.random() * this.slow)
    })
  }

  static async start(): Promise<Effects> {
    const server = createServer({ keepAliveTimeout: 1 }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Effects(server)
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return `http://127.0.0.1:${address.port}`
  }

  /** Whoever asks for this is not answered until `answer`. */
  hold(path: string): void {
    this.#held.add(path)
  }

  /** Answers all who wait for it, and those to come. */
  answer(path: string): void {
    this.#held.delete(path)
    for (const each of this.#waiting) if (each.path === path) each.answer.end('ok')
  }

  count(path: string): number {
    return this.arrivals.filter((each) => each.path === path).length
  }

  async arrived(path: string, times = 1): Promise<void> {
    await until(
      () => this.count(path),
      (n) => n >= times,
    )
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
