import type { ClientBase } from 'pg'
import { DatabaseError, escapeIdentifier } from 'pg'

import { AGENT_GROUP } from '../migrate/cluster-roles.ts'
import { DEFAULT_SCHEMA } from '../migrate/migrate.ts'
import { AgentNameError, LoginExistsError } from './errors.ts'
import { makeLogin } from './make-login.ts'

/** The login for a first try: it may act as any agent that has no login of its own. */
export const TRIAL_LOGIN = 'holdpoint_agent'

const AGENT_NAME = /^[a-z0-9][a-z0-9._-]{0,47}$/

export interface AddAgentOptions {
  adminUrl: string
  name: string
  schema?: string
  /** The agent that this login may act as; its name unless said otherwise. */
  agentId?: string
  /** Give an existing login a new password instead of refusing. */
  rotate?: boolean
  password?: string
}

/**
 * Makes the login `agent_<name>` of one agent and registers it.
 * @returns its connection string. It holds the password and is shown once: nothing else keeps it.
 * @throws AgentNameError, LoginExistsError
 */
export async function addAgent(options: AddAgentOptions): Promise<string> {
  const login = agentLoginName(options.name)
  return agentLogin(options, login, options.agentId ?? options.name, options.rotate ?? false)
}

export interface TrialLoginOptions {
  adminUrl: string
  schema?: string
  /** Another name, for databases that share a cluster. */
  login?: string
  password?: string
}

/** Makes the trial login, or gives it a new password. @returns its connection string. */
export async function ensureTrialLogin(options: TrialLoginOptions): Promise<string> {
  return agentLogin(options, options.login ?? TRIAL_LOGIN, null, true)
}

/** The login of an agent. @throws AgentNameError */
export function agentLoginName(name: string): string {
  const login = `agent_${name}`
  if (AGENT_NAME.test(name) && login !== AGENT_GROUP) return login
  throw new AgentNameError(
    `"${name}" cannot be the name of an agent: 1 to 48 of a-z 0-9 . _ - starting with a letter or digit, and not "worker".`,
  )
}

async function agentLogin(
  options: { adminUrl: string; schema?: string; password?: string },
  login: string,
  agentId: string | null,
  rotate: boolean,
): Promise<string> {
  const schema = options.schema ?? DEFAULT_SCHEMA
  return makeLogin({
    adminUrl: options.adminUrl,
    schema,
    login,
    group: AGENT_GROUP,
    password: options.password,
    // Agents also work on tables of their own, which lie in public.
    searchPath: schema === 'public' ? 'public' : `${escapeIdentifier(schema)}, public`,
    whenThere: rotate ? 'set-password' : 'refuse',
    also: async (client) => register(client, login, agentId),
  })
}

async function register(client: ClientBase, login: string, agentId: string | null): Promise<void> {
  try {
    await client.query('select register_agent_login($1, $2)', [login, agentId])
  } catch (error) {
    const taken = error instanceof DatabaseError && error.code === '23505'
    throw taken ? new LoginExistsError(`The agent ${agentId} has a login already.`) : error
  }
}
