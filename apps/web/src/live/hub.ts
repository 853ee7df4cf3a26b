import type { FleetSnapshot, Health, RunSnapshot } from '@holdpoint/protocol'

import { Feed } from './feed.ts'
import { FleetState } from './fleetState.ts'
import { type Proof, proveSession } from './proof.ts'
import {
  appendEvents,
  isFleetFrame,
  isFleetSnapshot,
  type FromHub,
  type HubPort,
  type StreamMessage,
  type ToHub,
  type Topic,
} from './topic.ts'

/** A run's hub keeps this many of the newest events for the next tab; older ones are fetched by page. */
const keptEvents = 1000
/** A stream that nobody watches is kept this long (ms): going back to a page costs nothing. */
const lingerMs = 5000
/** A tab whose session could not be asked for waits this long (ms) for the next try. */
const askAgainMs = 1000

interface Channel {
  readonly feed: Feed
  readonly ports: Set<HubPort>
  /** Tabs that watch, but are shown nothing before their session is proved. */
  readonly asking: Set<HubPort>
  fleet: FleetState | null
  run: RunSnapshot | null
  health: Health | null
  linger: ReturnType<typeof setTimeout> | undefined
}

/**
 * Owns the browser's event streams and shares each among its tabs: HTTP/1.1 allows six connections to
 * a server, and a person has more tabs than that. Holds just enough to start a tab that joins late, and hands
 * it over only once the server has said that this browser is signed in, and as the same as before.
 */
export class Hub {
  readonly #channels = new Map<Topic, Channel>()
  /** Whose session what is held was read under. */
  #session: string | undefined
  #proved: Promise<unknown> = Promise.resolve()

  receive(port: HubPort, message: ToHub): void {
    switch (message.kind) {
      case 'hello':
        return
      case 'watch':
        void this.#watch(port, message.topic)
        return
      case 'unwatch':
        return this.#unwatch(port, message.topic)
      case 'retry':
        for (const channel of this.#channels.values()) channel.feed.retryNow()
        void this.#prove()
        return
      case 'check':
        void this.#prove()
        return
      case 'bye':
        for (const topic of this.#channels.keys()) this.#unwatch(port, topic)
    }
  }

  async #watch(port: HubPort, topic: Topic): Promise<void> {
    const channel = this.#channels.get(topic) ?? this.#start(topic)
    clearTimeout(channel.linger)
    channel.asking.add(port)
    while ((await this.#prove()).kind === 'unknown') {
      const { connection } = channel.feed
      if (connection.phase === 'disconnected') port.post({ topic, kind: 'connection', connection })
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
      if (!channel.asking.has(port)) return
    }
    if (!channel.asking.delete(port)) return
    channel.ports.add(port)
    const snapshot = channel.fleet?.snapshot() ?? channel.run
    if (snapshot !== null) port.post({ topic, kind: 'snapshot', data: snapshot })
    if (channel.health !== null) port.post({ topic, kind: 'health', data: channel.health })
    port.post({ topic, kind: 'connection', connection: channel.feed.connection })
  }

  #unwatch(port: HubPort, topic: Topic): void {
    const channel = this.#channels.get(topic)
    if (channel === undefined) return
    const left = channel.ports.delete(port) || channel.asking.delete(port)
    if (!left || channel.ports.size + channel.asking.size > 0) return
    channel.linger = setTimeout(() => this.#stop(topic, channel), lingerMs)
  }

  /** One after the other: an old answer never comes after a newer one. */
  #prove(): Promise<Proof> {
    const proved = this.#proved.then(async () => {
      const proof = await proveSession()
      this.#judge(proof)
      return proof
    })
    this.#proved = proved
    return proved
  }

  #judge(proof: Proof): void {
    if (proof.kind === 'out') this.#end()
    if (proof.kind !== 'in') return
    if (this.#session !== undefined && this.#session !== proof.session) this.#startAnew()
    this.#session = proof.session
    for (const { feed } of this.#channels.values()) {
      if (feed.connection.phase === 'signed-out') feed.retryNow()
    }
  }

  /** Signed out: nothing is kept for whoever comes next, and all tabs are told. */
  #end(): void {
    this.#session = undefined
    for (const channel of this.#channels.values()) {
      forget(channel)
      channel.feed.end()
    }
  }

  /** Another session: the tabs of the one before are told to load anew, and hear nothing more. */
  #startAnew(): void {
    for (const [topic, channel] of this.#channels) {
      for (const port of channel.ports) port.post({ kind: 'another' })
      channel.ports.clear()
      forget(channel)
      if (channel.asking.size > 0) channel.feed.startAnew()
      else this.#stop(topic, channel)
    }
  }

  #stop(topic: Topic, channel: Channel): void {
    clearTimeout(channel.linger)
    channel.feed.stop()
    this.#channels.delete(topic)
  }

  #start(topic: Topic): Channel {
    const ports = new Set<HubPort>()
    const send = (message: FromHub) => {
      for (const port of ports) port.post(message)
    }
    const feed = new Feed(topic, {
      onMessage: (message) => {
        keep(channel, message)
        send({ topic, ...message })
      },
      onConnection: (connection) => {
        send({ topic, kind: 'connection', connection })
        // One stream's refusal is the end of all.
        if (connection.phase === 'signed-out') this.#end()
      },
    })
    const channel: Channel = {
      feed,
      ports,
      asking: new Set(),
      fleet: null,
      run: null,
      health: null,
      linger: undefined,
    }
    this.#channels.set(topic, channel)
    feed.start()
    return channel
  }
}

function forget(channel: Channel): void {
  channel.fleet = null
  channel.run = null
  channel.health = null
}

function keep(channel: Channel, message: StreamMessage): void {
  switch (message.kind) {
    case 'health':
      channel.health = message.data
      return
    case 'snapshot':
      keepSnapshot(channel, message.data)
      return
    case 'frame':
      if (isFleetFrame(message.data)) {
        channel.fleet?.applyFrame(message.data)
      } else if (channel.run !== null) {
        const events = appendEvents(channel.run.events, message.data.events).slice(-keptEvents)
        channel.run = { ...message.data, events, run: events.at(-1)?.state ?? channel.run.run }
      }
  }
}

function keepSnapshot(channel: Channel, data: FleetSnapshot | RunSnapshot): void {
  if (!isFleetSnapshot(data)) {
    channel.run = data
    return
  }
  channel.fleet ??= new FleetState()
  channel.fleet.applySnapshot(data)
}
