import type { FromHub, HubPort, OnTopic, ToHub, Topic } from './topic.ts'

type Listener = (message: OnTopic) => void
type Hear = HubPort['post']
type Send = (message: ToHub) => void

/** This tab's line to the hub: a SharedWorker where there is one, else a hub of its own. */
export interface Tab {
  watch: (topic: Topic, listener: Listener) => () => void
  retry: () => void
  /** Asks whether this browser is still signed in, and as the same. */
  check: () => void
}

/** @param another someone else is signed in in this browser now */
export function openTab(another: () => void): Tab {
  const listeners = new Map<Topic, Set<Listener>>()
  const hear = (message: FromHub) => {
    if (message.kind === 'another') return another()
    for (const listener of listeners.get(message.topic) ?? []) listener(message)
  }
  const send = canShare() ? shareWorker(hear) : ownHub(hear)

  return {
    watch(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set)
      set.add(listener)
      send({ kind: 'watch', topic })
      return () => {
        set.delete(listener)
        if (set.size === 0) send({ kind: 'unwatch', topic })
      }
    },
    retry: () => send({ kind: 'retry' }),
    check: () => send({ kind: 'check' }),
  }
}

const canShare = () => 'SharedWorker' in globalThis && 'locks' in navigator

function shareWorker(hear: Hear): Send {
  const worker = new SharedWorker(new URL('hub.worker.ts', import.meta.url), {
    type: 'module',
    name: 'holdpoint live',
  })
  worker.port.addEventListener('message', (event: MessageEvent<FromHub>) => hear(event.data))
  worker.port.start()
  const lock = `holdpoint tab ${crypto.randomUUID()}`
  // Held until the tab is gone; the hub asks for the same lock and so learns of it.
  void navigator.locks.request(lock, async () => {
    worker.port.postMessage({ kind: 'hello', lock } satisfies ToHub)
    await new Promise(() => {})
  })
  return (message) => worker.port.postMessage(message)
}

/** Fetched only by browsers that cannot share; what is sent meanwhile waits for it. */
function ownHub(hear: Hear): Send {
  const port: HubPort = { post: hear }
  const opening = import('./hub.ts').then(({ Hub }) => new Hub())
  const send: Send = (message) => void opening.then((hub) => hub.receive(port, message))
  // A page that is opened may be the first of another session, of which the hubs of the other tabs know nothing.
  const pages = new BroadcastChannel('holdpoint pages')
  pages.addEventListener('message', () => send({ kind: 'check' }))
  pages.postMessage('opened')
  return send
}
