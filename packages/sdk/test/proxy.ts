import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

// 'Z' is ReadyForQuery: the statement has been carried out and committed.
const READY = Buffer.from([0x5a, 0, 0, 0, 5])
const nobody = (): void => undefined

/** A way to the database that can lose an answer: the statement is carried out, and nobody hears of it. */
export class Proxy {
  /** The same login through the proxy. */
  readonly url: string
  readonly #target: URL
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #refusing = false
  #words: string | undefined
  #lost = nobody
  #cut: Promise<unknown> = Promise.resolve()
  #awaited: { readonly words: string; readonly answered: () => void } | undefined

  private constructor(target: URL, server: Server, port: number) {
    this.#target = target
    this.#server = server
    server.on('connection', (client) => this.#forward(client))
    const through = new URL(target)
    through.hostname = '127.0.0.1'
    through.port = String(port)
    this.url = through.toString()
  }

  static async start(url: string): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return new Proxy(new URL(url), server, address.port)
  }

  /** Cuts every connection, and new ones, until `up`. */
  down(): void {
    this.#refusing = true
    for (const socket of this.#sockets) socket.destroy()
  }

  get isDown(): boolean {
    return this.#refusing
  }

  up(): void {
    this.#refusing = false
  }

  /**
   * Lets the next statement that contains `words` through, and cuts the connection `when`, before its answer arrives.
   * Resolves when the statement has been carried out.
   */
  async loseAnswerTo(words: string, when: Promise<unknown> = Promise.resolve()): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#lost = resolve
    this.#words = words
    this.#cut = when
    await promise
  }

  /** Resolves when the next statement that contains `words` has been answered. */
  async answers(words: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#awaited = { words, answered: resolve }
    await promise
  }

  async close(): Promise<void> {
    this.down()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #forward(client: Socket): void {
    if (this.#refusing) {
      client.destroy()
      return
    }
    const upstream = connect(Number(this.#target.port), this.#target.hostname)
    let silent = false
    let answered = nobody
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (data) => {
      if (this.#words !== undefined && data.includes(this.#words)) {
        this.#words = undefined
        silent = true
      }
      if (this.#awaited !== undefined && data.includes(this.#awaited.words)) {
        answered = this.#awaited.answered
        this.#awaited = undefined
      }
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      const ready = data.includes(READY)
      if (!silent) {
        client.write(data)
        if (ready) answered()
      } else if (ready) {
        this.#lost()
        void this.#cut.then(() => client.destroy())
      }
    })
  }
}
