import type { RunId } from '@holdpoint/protocol'

import { DatabaseClock, readingOf } from './clock.ts'
import { initialConnection, type Connection } from './connection.ts'
import { FleetStore } from './fleetStore.ts'
import { Signal } from './signal.ts'
import { openTab, type Tab } from './tab.ts'
import { runTopic, type OnTopic, type StreamMessage } from './topic.ts'

/** Everything live in this tab: the fleet, the database's clock, and the run that is open. */
class LiveSession {
  readonly fleet = new FleetStore()
  readonly connection = new Signal<Connection>(initialConnection)
  readonly clock = new DatabaseClock()
  #shown = false
  readonly #tab: Tab = openTab(() => {
    // What was typed here and not sent is another's.
    sessionStorage.clear()
    location.reload()
  })

  start(): void {
    this.#tab.watch('fleet', (message) => this.#hear(message))
    addEventListener('online', () => this.#tab.retry())
    // What was out of sight may come back after its session.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#tab.check()
    })
  }

  readonly retry = (): void => this.#tab.retry()

  /** Something was refused for want of a session: if it is over, every tab of this browser is told. */
  readonly check = (): void => this.#tab.check()

  /** Watches one run until the returned function is called. */
  watchRun(
    id: RunId,
    store: { readonly apply: (message: StreamMessage) => void },
    onConnection: (connection: Connection) => void,
  ): () => void {
    return this.#tab.watch(runTopic(id), (message) => {
      if (message.kind === 'connection') onConnection(message.connection)
      else store.apply(message)
    })
  }

  #hear(message: OnTopic): void {
    const arrivedAt = Date.now()
    switch (message.kind) {
      case 'connection':
        this.clock.follow(message.connection)
        this.connection.set(message.connection)
        // Loaded anew, so that nothing of the fleet stays in memory.
        if (message.connection.phase === 'signed-out' && this.#shown) location.reload()
        return
      case 'health':
        this.clock.heard(readingOf(message.data), arrivedAt)
        return
      case 'snapshot':
      case 'frame':
        this.#shown = true
        this.clock.heard(message.data.asOf, arrivedAt)
        this.fleet.apply(message)
    }
  }
}

export const live = new LiveSession()
