import { noticeClassNames, stopReasons } from '@holdpoint/protocol'

import * as operators from '../support/operators.ts'
import { addChannel } from '../support/telling.ts'
import type { Verb } from './verb.ts'

export const verbsOfChannels: Readonly<Record<string, Verb>> = {
  save_channel: {
    scope: 'administer',
    ready: async () => {
      const id = crypto.randomUUID()
      const spec = { name: id, kind: 'webhook', address: 'https://example.com', enabled: true }
      const all = { ...spec, classes: noticeClassNames, reasons: stopReasons, agents: [] }
      return [`select save_channel($2, $3, $4, $1)`, id, all, Buffer.alloc(40)]
    },
  },
  remove_channel: {
    scope: 'administer',
    ready: async (db) => [`select remove_channel($2, $1)`, await addChannel(db.server)],
  },
  test_channel: {
    scope: 'administer',
    ready: async (db) => [`select test_channel($2, $1)`, await addChannel(db.server)],
  },
  retry_notifications: {
    scope: 'administer',
    ready: async (db) => {
      const channel = await addChannel(db.server)
      await db.server.query('select test_channel($1, $2)', [channel, operators.ANA])
      return [`select retry_notifications($2, $1)`, channel]
    },
  },
}
