import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'

import { emptyCluster, query } from '../migrate/migrate.fixture.ts'
import { migrate } from '../migrate/migrate.ts'
import { addAgent } from './agent-login.ts'
import { ensureServerLogin } from './server-login.ts'

const cluster = emptyCluster({ max_connections: '20', reserved_connections: '5' })
const open: Client[] = []
afterAll(async () => Promise.all(open.map(async (client) => client.end())))

test('an agent that takes every connection does not keep the server out', async () => {
  const adminUrl = await cluster().database()
  await migrate({ adminUrl })
  const agentUrl = await addAgent({ adminUrl, name: 'greedy' })
  const serverUrl = await ensureServerLogin({ adminUrl, instance: 'test' })
  const takeAll = async (): Promise<void> => {
    for (;;) {
      const client = new Client({ connectionString: agentUrl })
      client.on('error', () => undefined)
      await client.connect()
      open.push(client)
    }
  }
  await expect(takeAll()).rejects.toThrow(/remaining connection slots are reserved/)
  expect(open.length).toBeGreaterThan(5)
  expect(await query(serverUrl, 'select 1 as one')).toEqual([{ one: 1 }])
})
