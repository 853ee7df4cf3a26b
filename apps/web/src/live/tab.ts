import type { FromHub, HubPort, ToHub, Topic } from './topic.ts'

type Listener = (message: FromHub) => void
type Send = (message: ToHub) => void

/** This tab's line to the hub: a SharedWorker where there is one, else a hub of its own. */
export interface Tab {
  watch: (topic: Topic, listener: Listener) => () => void
  retry: () => void
}

export function openTab(): Tab {
  const listeners = new Map<Topic, Set<Listener>>()
  const hear: Listener = (message) => {
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
  }
}

const canShare = () => 'SharedWorker' in globalThis && 'locks' in navigator

function shareWorker(hear: Listener): Send {
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
function ownHub(hear: Listener): Send {
  const port: HubPort = { post: hear }
  const opening = import('./hub.ts').then(({ Hub }) => new Hub())
  return (message) => void opening.then((hub) => hub.receive(port, message))
}
