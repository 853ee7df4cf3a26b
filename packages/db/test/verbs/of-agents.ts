import { Client } from 'pg'

import type { Contract } from '../support/contract.ts'
import { ADA, fresh } from '../support/people.ts'
import { one } from '../support/refusal.ts'
import type { Verb } from './verb.ts'

/** An agent of its own, since its login may stay locked. */
async function agent(db: Contract): Promise<string> {
  const name = fresh('agent')
  await db.addAgent(name)
  return name
}

async function isolated(db: Contract): Promise<string> {
  const name = await agent(db)
  await db.admin.query(
    'insert into workflow_checkpoints (workflow_id, agent_id) values (gen_random_uuid(), $1)',
    [name],
  )
  await db.server.query(`select lock_agent_login($1, $2)`, [name, ADA])
  return name
}

/** A connection of alpha that is left open, also where it is ended. @returns its process */
async function session(db: Contract): Promise<number> {
  const client = new Client({ connectionString: db.alphaUrl })
  client.on('error', () => undefined)
  await client.connect()
  open.push(client)
  return one<{ pid: number }>(db.admin, 'select pid from pg_stat_activity where pid = $1', [
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid,
  ]).then(({ pid }) => pid)
}
const open: Client[] = []

export async function closeSessions(): Promise<void> {
  await Promise.all(open.splice(0).map(async (client) => client.end().catch(() => undefined)))
}

export const verbsOfAgents: Readonly<Record<string, Verb>> = {
  lock_agent_login: {
    scope: 'isolate',
    ready: async (db) => [`select lock_agent_login($2, $1)`, await agent(db)],
  },
  end_agent_sessions: {
    scope: 'isolate',
    ready: async (db) => [`select end_agent_sessions($2, $1)`, await isolated(db)],
  },
  hold_agent_runs: {
    scope: 'isolate',
    ready: async (db) => [`select hold_agent_runs($2, $1)`, await isolated(db)],
  },
  release_agent: {
    scope: 'isolate',
    ready: async (db) => [`select release_agent($2, $1)`, await isolated(db)],
  },
  end_session: {
    scope: 'isolate',
    ofAlpha: true,
    ready: async (db) => [`select end_session($2, $1)`, await session(db)],
  },
  own_agent_login: {
    scope: 'administer',
    ready: async (db) => [`select own_agent_login($2, 'tom', $1)`, await agent(db)],
  },
}
