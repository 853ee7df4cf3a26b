import type { ClientBase } from 'pg'

import { OWNER, ROLES } from './cluster-roles.ts'
import { MissingPrivilegeError } from './errors.ts'

interface AdminRow {
  login: string
  database: string
  superuser: boolean
  createrole: boolean
  may_create_schema: boolean
  schema_owner: string | null
  schema_theirs: boolean
  schema_ready: boolean
}

interface RoleRow {
  role: string
  may_act: boolean
  may_administer: boolean
  owner_administers: boolean
}

/**
 * Looks up everything that the migration will need before it changes anything.
 * @throws MissingPrivilegeError with all that is missing at once.
 */
export async function checkPrivileges(admin: ClientBase, schema: string): Promise<void> {
  const who = await readAdmin(admin, schema)
  if (who.superuser) return
  const missing: string[] = []
  const roles = await readRoles(admin)
  const absent = ROLES.filter((role) => !roles.some((row) => row.role === role))
  if (absent.length > 0 && !who.createrole) {
    missing.push(
      `CREATEROLE, to make ${absent.join(', ')}. As a superuser: alter role ${who.login} createrole`,
    )
  }
  for (const row of roles) missing.push(...lacksOverRole(row, who.login))
  if (who.schema_owner === null && !who.may_create_schema) {
    missing.push(
      `CREATE on the database, to make the schema ${schema}. As its owner: grant create on database ${who.database} to ${who.login}`,
    )
  }
  if (who.schema_owner !== null && !who.schema_theirs && !who.schema_ready) {
    missing.push(
      `ownership of the schema ${schema}, to let ${OWNER} make tables in it. It belongs to ${who.schema_owner}`,
    )
  }
  if (missing.length > 0) throw new MissingPrivilegeError(who.login, who.database, missing)
}

function lacksOverRole(row: RoleRow, login: string): string[] {
  if (row.role === OWNER) {
    if (row.may_act || row.may_administer) return []
    return [`membership in ${OWNER}, which exists. As a superuser: grant ${OWNER} to ${login}`]
  }
  if (row.may_administer || row.owner_administers) return []
  return [
    `the right to administer ${row.role}, which exists. As a superuser: grant ${row.role} to ${OWNER} with admin option`,
  ]
}

async function readAdmin(admin: ClientBase, schema: string): Promise<AdminRow> {
  const { rows } = await admin.query<AdminRow>(
    `select current_user as login,
            current_database() as database,
            r.rolsuper as superuser,
            r.rolcreaterole as createrole,
            has_database_privilege(current_database(), 'create') as may_create_schema,
            pg_get_userbyid(n.nspowner) as schema_owner,
            coalesce(pg_has_role(n.nspowner, 'usage'), false) as schema_theirs,
            coalesce(has_schema_privilege(o.oid, n.oid, 'create'), false) as schema_ready
       from pg_roles r
       left join pg_namespace n on n.nspname = $1
       left join pg_roles o on o.rolname = '${OWNER}'
      where r.rolname = current_user`,
    [schema],
  )
  const [row] = rows
  if (row === undefined) throw new Error('current_user is not in pg_roles')
  return row
}

async function readRoles(admin: ClientBase): Promise<RoleRow[]> {
  const { rows } = await admin.query<RoleRow>(
    `select r.rolname as role,
            pg_has_role(r.oid, 'set') as may_act,
            pg_has_role(r.oid, 'member with admin option') as may_administer,
            coalesce(pg_has_role(o.oid, r.oid, 'member with admin option'), false)
              or r.rolname = 'holdpoint_custodian' as owner_administers
       from pg_roles r
       left join pg_roles o on o.rolname = '${OWNER}'
      where r.rolname = any($1)`,
    [ROLES],
  )
  return rows
}
