import type { Client } from 'pg'

import type { Check } from './check.ts'
import { guardedTables, tablesWithRowSecurity } from './expected.ts'
import { judgeRole, type RoleKind } from './judge-role.ts'
import { readRoles } from './read-roles.ts'

const area = 'roles'

/** The groups, every login of an agent and of a server, and who else can write. */
export async function checkRoles(client: Client): Promise<Check[]> {
  const kinds = await kindsOfRoles(client)
  const facts = await readRoles(client, [...kinds.keys()])
  const judged = facts.map((each) => judgeRole(kinds.get(each.role) ?? 'agent', each))
  const gone = [...kinds.keys()].filter((role) => !facts.some((each) => each.role === role))
  return [
    ...judged,
    ...gone.map((role): Check => ({
      area,
      name: role,
      status: 'bad',
      detail: 'this role is missing',
    })),
    await checkStrangers(client),
    await checkGuards(client),
  ]
}

async function kindsOfRoles(client: Client): Promise<Map<string, RoleKind>> {
  const { rows: agents } = await client.query<{ role: string }>(
    'select login::text as role from agent_logins order by login',
  )
  const { rows: members } = await client.query<{ role: string; of: string }>(
    `select m.rolname as role, g.rolname as of
       from pg_auth_members x join pg_roles m on m.oid = x.member join pg_roles g on g.oid = x.roleid
      where g.rolname in ('agent_worker', 'holdpoint_server')
        -- Whoever makes a role administers it without being able to act as it.
        and (x.inherit_option or x.set_option)
        and m.rolname <> 'holdpoint_owner' and not m.rolsuper
      order by 1`,
  )
  // The later entry wins: a login that is an agent's is judged as an agent, whatever else it was given.
  return new Map<string, RoleKind>([
    ['agent_worker', 'agents'],
    ['holdpoint_server', 'servers'],
    ...members.map(({ role, of }): [string, RoleKind] => [
      role,
      of === 'agent_worker' ? 'agent' : 'server',
    ]),
    ...agents.map(({ role }): [string, RoleKind] => [role, 'agent']),
  ])
}

/** Grants on our tables to anyone else: an adopted table keeps those that it had. */
async function checkStrangers(client: Client): Promise<Check> {
  const { rows } = await client.query<{ grantee: string; tables: string; writes: boolean }>(
    `select case when x.grantee = 0 then 'everyone' else pg_get_userbyid(x.grantee)::text end as grantee,
            string_agg(distinct c.relname || ' (' || lower(x.privilege_type) || ')', ', ') as tables,
            bool_or(x.privilege_type <> 'SELECT') as writes
       from pg_class c, aclexplode(c.relacl) x
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
        and pg_get_userbyid(c.relowner) = 'holdpoint_owner'
        and x.grantee not in (select oid from pg_roles where rolname in
          ('holdpoint_owner', 'agent_worker', 'holdpoint_server', 'holdpoint_custodian'))
        and x.grantee not in (select r.oid from pg_roles r join agent_logins l on l.login = r.rolname)
      group by 1 order by 1`,
  )
  const check = { area, name: 'others' } as const
  if (rows.length === 0)
    return { ...check, status: 'ok', detail: 'nobody else was granted our tables' }
  const told = rows.map(({ grantee, tables }) => `${grantee}: ${tables}`).join('; ')
  return { ...check, status: rows.some(({ writes }) => writes) ? 'bad' : 'warn', detail: told }
}

/** The triggers and the row security that enforce the rules: an owner can switch them off. */
async function checkGuards(client: Client): Promise<Check> {
  const { rows } = await client.query<{ problem: string }>(
    `select 'row security is off on ' || t as problem from unnest($1::text[]) t
      where not coalesce((select relrowsecurity from pg_class where oid = to_regclass(t)), false)
     union all
     select 'trigger ' || g.tgname || ' on ' || g.tgrelid::regclass || ' is off' from pg_trigger g
       join pg_class c on c.oid = g.tgrelid
      where c.relnamespace = current_schema()::regnamespace and not g.tgisinternal and g.tgenabled in ('D', 'R')
     union all
     select t || ' has no trigger' from unnest($2::text[]) t
      where not exists (select from pg_trigger where tgrelid = to_regclass(t) and not tgisinternal)`,
    [tablesWithRowSecurity, guardedTables],
  )
  const check = { area, name: 'guards' } as const
  if (rows.length === 0)
    return { ...check, status: 'ok', detail: 'triggers and row security are on' }
  return { ...check, status: 'bad', detail: rows.map(({ problem }) => problem).join('; ') }
}
