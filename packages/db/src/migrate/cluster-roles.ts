import type { ClientBase } from 'pg'
import { DatabaseError, escapeIdentifier } from 'pg'

import { retryOnRace } from './catalog-race.ts'

/** Owns the schema and its functions; nobody logs in as it. */
export const OWNER = 'holdpoint_owner'
/** What agents may do; every agent's login is a member. */
export const AGENT_GROUP = 'agent_worker'
/** What the server may do; each server's login is a member. */
export const SERVER_GROUP = 'holdpoint_server'
/** Retention and erasure, through functions that leave their own record. */
const CUSTODIAN = 'holdpoint_custodian'

export const GROUPS = [AGENT_GROUP, SERVER_GROUP, CUSTODIAN] as const
export const ROLES = [OWNER, ...GROUPS] as const

/**
 * Makes the cluster's roles that are missing and gives the owner what it needs to make and lock
 * logins. Safe to run from many processes, on many databases of one cluster, at the same time.
 * @returns whether the owner may end other sessions through pg_signal_backend.
 */
export async function bootstrapRoles(admin: ClientBase): Promise<{ canSignalBackends: boolean }> {
  await ensureRole(admin, OWNER, 'nologin createrole')
  for (const group of GROUPS) await ensureRole(admin, group, 'nologin')
  await ensureMayBecomeOwner(admin)
  for (const group of [AGENT_GROUP, SERVER_GROUP]) await ensureOwnerAdministers(admin, group)
  await grantReserve(admin)
  return { canSignalBackends: await grantSignal(admin) }
}

async function ensureRole(admin: ClientBase, role: string, attributes: string): Promise<void> {
  await retryOnRace(async () => {
    const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role])
    if (rowCount === 0) await admin.query(`create role ${escapeIdentifier(role)} ${attributes}`)
  })
}

/** Whoever makes a role may administer it, but since Postgres 16 not yet act as it. */
async function ensureMayBecomeOwner(admin: ClientBase): Promise<void> {
  await retryOnRace(async () => {
    const may = await ask(admin, `pg_has_role(current_user, '${OWNER}', 'set')`)
    if (!may) await admin.query(`grant ${OWNER} to current_user with set true, inherit false`)
  })
}

async function ensureOwnerAdministers(admin: ClientBase, group: string): Promise<void> {
  await retryOnRace(async () => {
    if (await ask(admin, `pg_has_role('${OWNER}', '${group}', 'member with admin option')`)) return
    await admin.query(`grant ${group} to ${OWNER} with admin true, inherit false, set false`)
  })
}

/** Isolating an agent ends its sessions. Not every host lets us have this; the agents' own roles are the other way. */
const grantSignal = async (admin: ClientBase): Promise<boolean> =>
  grantIfAllowed(admin, 'pg_signal_backend', OWNER)

/** An agent that takes every connection must not keep the server from holding it. Counts where some are reserved. */
const grantReserve = async (admin: ClientBase): Promise<boolean> =>
  grantIfAllowed(admin, 'pg_use_reserved_connections', SERVER_GROUP)

async function grantIfAllowed(admin: ClientBase, role: string, to: string): Promise<boolean> {
  return retryOnRace(async () => {
    if (await ask(admin, `pg_has_role('${to}', '${role}', 'usage')`)) return true
    try {
      await admin.query(`grant ${role} to ${to}`)
      return true
    } catch (error) {
      if (error instanceof DatabaseError && error.code === '42501') return false
      throw error
    }
  })
}

async function ask(admin: ClientBase, condition: string): Promise<boolean> {
  const { rows } = await admin.query<{ answer: boolean }>(`select ${condition} as answer`)
  return rows[0]?.answer === true
}
