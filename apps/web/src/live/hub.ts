import type { FleetSnapshot, Health, RunSnapshot } from '@holdpoint/protocol'

import { Feed } from './feed.ts'
import { FleetState } from './fleetState.ts'
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

interface Channel {
  readonly feed: Feed
  readonly ports: Set<HubPort>
  fleet: FleetState | null
  run: RunSnapshot | null
  health: Health | null
  linger: ReturnType<typeof setTimeout> | undefined
}

/**
 * Owns the browser's event streams and shares each among its tabs: HTTP/1.1 allows six connections to
 * a server, and a person has more tabs than that. Holds just enough to start a tab that joins late.
 */
export class Hub {
  readonly #channels = new Map<Topic, Channel>()

  receive(port: HubPort, message: ToHub): void {
    switch (message.kind) {
      case 'hello':
        return
      case 'watch':
        return this.#watch(port, message.topic)
      case 'unwatch':
        return this.#unwatch(port, message.topic)
      case 'retry':
        for (const channel of this.#channels.values()) channel.feed.retryNow()
        return
      case 'bye':
        for (const topic of this.#channels.keys()) this.#unwatch(port, topic)
    }
  }

  #watch(port: HubPort, topic: Topic): void {
    const channel = this.#channels.get(topic) ?? this.#start(topic)
    clearTimeout(channel.linger)
    channel.ports.add(port)
    const snapshot = channel.fleet?.snapshot() ?? channel.run
    if (snapshot !== null) port.post({ topic, kind: 'snapshot', data: snapshot })
    if (channel.health !== null) port.post({ topic, kind: 'health', data: channel.health })
    port.post({ topic, kind: 'connection', connection: channel.feed.connection })
  }

  #unwatch(port: HubPort, topic: Topic): void {
    const channel = this.#channels.get(topic)
    if (channel === undefined || !channel.ports.delete(port) || channel.ports.size > 0) return
    channel.linger = setTimeout(() => {
      channel.feed.stop()
      this.#channels.delete(topic)
    }, lingerMs)
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
      onConnection: (connection) => send({ topic, kind: 'connection', connection }),
    })
    const channel: Channel = {
      feed,
      ports,
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
