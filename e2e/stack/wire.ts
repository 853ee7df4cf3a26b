import { once } from 'node:events'
import {
  createConnection,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'

/** The network between a browser and the server, for tests that break it. */
export class Wire {
  readonly #server: Server
  /** Both directions of every connection: from, to. */
  readonly #pipes = new Map<Socket, Socket>()
  #state: 'up' | 'down' | 'stalled' = 'up'

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.#state === 'down') {
        near.destroy()
        return
      }
      const far = createConnection(target, '127.0.0.1')
      this.#join(near, far)
      this.#join(far, near)
    })
  }

  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Ends every connection, once: a hiccup. */
  cut(): void {
    for (const socket of this.#pipes.keys()) socket.destroy()
  }

  /** Ends every connection and lets none through until `up`. */
  down(): void {
    this.#state = 'down'
    this.cut()
  }

  /** Connections stay open and nothing comes through, as when a cable is pulled. */
  stall(): void {
    this.#state = 'stalled'
    for (const [from, to] of this.#pipes) from.unpipe(to)
  }

  up(): void {
    if (this.#state === 'stalled') for (const [from, to] of this.#pipes) from.pipe(to)
    this.#state = 'up'
  }

  async close(): Promise<void> {
    this.down()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(from: Socket, to: Socket): void {
    this.#pipes.set(from, to)
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#pipes.delete(from)
      to.destroy()
    })
    if (this.#state === 'up') from.pipe(to)
  }
}
