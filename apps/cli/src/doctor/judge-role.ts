import type { Check } from './check.ts'
import { type ExpectedRole, expectedOfAgents, expectedOfServers, type Reach } from './expected.ts'
import type { RoleFacts, TableReach } from './read-roles.ts'

/** The groups and their logins differ in what they may be members of, and in nothing they can reach. */
export type RoleKind = 'agents' | 'agent' | 'servers' | 'server'

const groupOf: Record<RoleKind, string | undefined> = {
  agents: undefined,
  agent: 'agent_worker',
  servers: undefined,
  server: 'holdpoint_server',
}

/** Connections that agents cannot take; the servers' groups and logins may have this as well. */
const RESERVE = 'pg_use_reserved_connections'

const MOST_TOLD = 6

/** Compares what a role can reach with what it should. `bad` when too wide, and when it lacks what it works with. */
export function judgeRole(kind: RoleKind, facts: RoleFacts): Check {
  const wide = [
    ...tooPowerful(kind, facts),
    ...(kind.startsWith('agent') ? agentReach(facts) : serverReach(facts)),
  ]
  const missing = lacking(kind, facts)
  const check = { area: 'roles', name: facts.role } as const
  if (wide.length > 0) return { ...check, status: 'bad', detail: `too wide: ${some(wide)}` }
  if (missing.length > 0) return { ...check, status: 'bad', detail: `lacks ${some(missing)}` }
  return { ...check, status: 'ok', detail: 'reaches what it should and no more' }
}

function some(found: readonly string[]): string {
  const more = found.length - MOST_TOLD
  return found.slice(0, MOST_TOLD).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

function tooPowerful(kind: RoleKind, facts: RoleFacts): string[] {
  // A superuser can do all that follows, so there is no more to say.
  if (facts.superuser) return ['is a superuser']
  const found: string[] = []
  if (facts.createRole) found.push('may make roles (CREATEROLE)')
  if (facts.createDatabase) found.push('may make databases (CREATEDB)')
  if (facts.replication) found.push('may replicate the whole server (REPLICATION)')
  if (facts.bypassRowSecurity) found.push('goes round row security (BYPASSRLS)')
  if (facts.canLogin && groupOf[kind] === undefined)
    found.push('may log in; only its members should')
  if (facts.canCreateHere) found.push('may create in our schema')
  const strangers = facts.memberOf.filter(
    (role) => role !== groupOf[kind] && !(role === RESERVE && kind.startsWith('server')),
  )
  if (strangers.length > 0) found.push(`is a member of ${strangers.join(', ')}`)
  if (facts.owns.length > 0) found.push(`owns ${facts.owns.join(', ')}`)
  if (facts.canDeleteElsewhere.length > 0)
    found.push(`can delete from ${facts.canDeleteElsewhere.slice(0, 3).join(', ')}`)
  return found
}

function agentReach(facts: RoleFacts): string[] {
  if (facts.superuser) return []
  return [
    ...facts.tables.flatMap((reach) => beyond(reach, expectedOfAgents)),
    ...functionsBeyond(facts, expectedOfAgents.execute),
  ]
}

function serverReach(facts: RoleFacts): string[] {
  if (facts.superuser) return []
  const writes = facts.tables.filter(({ privilege }) => privilege !== 'SELECT')
  return [
    ...writes.flatMap((reach) => beyond(reach, { SELECT: {}, ...expectedOfServers })),
    ...functionsBeyond(facts, expectedOfServers.execute),
  ]
}

function functionsBeyond(facts: RoleFacts, expected: readonly string[]): string[] {
  return facts.functions
    .filter((name) => !expected.includes(name))
    .map((name) => `may call ${name}`)
}

function beyond(reach: TableReach, expected: ExpectedRole): string[] {
  const { table, privilege, columns, allColumns } = reach
  const allowed = reachOf(expected, privilege)[table]
  if (allowed === '*') return []
  if (allowed === undefined || allColumns) return [`${privilege} on ${table}`]
  const extra = columns.filter((column) => !allowed.includes(column))
  return extra.length === 0 ? [] : [`${privilege} on ${table} (${extra.join(', ')})`]
}

function lacking(kind: RoleKind, facts: RoleFacts): string[] {
  if (facts.superuser) return []
  const group = groupOf[kind]
  if (group !== undefined && !facts.memberOf.includes(group)) return [`membership in ${group}`]
  const expected = kind.startsWith('agent')
    ? expectedOfAgents
    : { SELECT: {}, ...expectedOfServers }
  return [
    ...expected.execute
      .filter((name) => !facts.functions.includes(name))
      .map((name) => `the function ${name}`),
    ...(['SELECT', 'INSERT', 'UPDATE'] as const).flatMap((privilege) =>
      lackingOn(privilege, expected[privilege], facts),
    ),
  ]
}

function lackingOn(privilege: string, expected: Reach, facts: RoleFacts): string[] {
  return Object.entries(expected).flatMap(([table, columns]) => {
    const has = facts.tables.find((each) => each.table === table && each.privilege === privilege)
    if (columns === '*') return has?.allColumns === true ? [] : [`${privilege} on ${table}`]
    const absent = columns.filter((column) => has?.columns.includes(column) !== true)
    return absent.length === 0 ? [] : [`${privilege} on ${table} (${absent.join(', ')})`]
  })
}

function reachOf(expected: ExpectedRole, privilege: string): Reach {
  switch (privilege) {
    case 'SELECT':
      return expected.SELECT
    case 'INSERT':
      return expected.INSERT
    case 'UPDATE':
      return expected.UPDATE
    default:
      return {}
  }
}
