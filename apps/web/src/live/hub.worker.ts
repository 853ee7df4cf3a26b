import { Hub } from './hub.ts'
import type { HubPort, ToHub } from './topic.ts'

const hub = new Hub()

/** A tab that crashes says nothing; the lock it held is released all the same. */
function whenGone(lock: string, gone: () => void): void {
  void navigator.locks.request(lock, gone)
}

addEventListener('connect', (event) => {
  const messagePort = (event as MessageEvent).ports[0]
  if (messagePort === undefined) return
  const port: HubPort = { post: (message) => messagePort.postMessage(message) }
  messagePort.addEventListener('message', ({ data }: MessageEvent<ToHub>) => {
    if (data.kind === 'hello') whenGone(data.lock, () => hub.receive(port, { kind: 'bye' }))
    hub.receive(port, data)
  })
  messagePort.start()
})
