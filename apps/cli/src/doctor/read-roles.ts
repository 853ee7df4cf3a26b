import type { Client } from 'pg'

/** What the database says that a role can do, by every way: its own grants, its groups, PUBLIC. */
export interface RoleFacts {
  readonly role: string
  readonly superuser: boolean
  readonly createRole: boolean
  readonly createDatabase: boolean
  readonly replication: boolean
  readonly bypassRowSecurity: boolean
  readonly canLogin: boolean
  readonly memberOf: readonly string[]
  readonly owns: readonly string[]
  /** Tables outside our schema that it can empty. */
  readonly canDeleteElsewhere: readonly string[]
  readonly canCreateHere: boolean
  readonly tables: readonly TableReach[]
  readonly functions: readonly string[]
}

export interface TableReach {
  readonly table: string
  readonly privilege: string
  /** Empty for privileges that know no columns. */
  readonly columns: readonly string[]
  readonly allColumns: boolean
}

const of = <Row extends { role: string }>(rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.role === role)

/** Reads all roles in a handful of queries. The client's search_path is our schema. */
export async function readRoles(client: Client, roles: readonly string[]): Promise<RoleFacts[]> {
  const [attributes, elsewhere, tables, functions] = [
    await client.query<Omit<RoleFacts, 'canDeleteElsewhere' | 'tables' | 'functions'>>(ATTRIBUTES, [
      roles,
    ]),
    await client.query<{ role: string; name: string }>(ELSEWHERE, [roles]),
    await client.query<TableReach & { role: string }>(TABLES, [roles]),
    await client.query<{ role: string; name: string }>(FUNCTIONS, [roles]),
  ]
  return attributes.rows.map((row) => ({
    ...row,
    canDeleteElsewhere: of(elsewhere.rows, row.role).map(({ name }) => name),
    tables: of(tables.rows, row.role),
    functions: of(functions.rows, row.role).map(({ name }) => name),
  }))
}

const OURS = `c.relnamespace = current_schema()::regnamespace
  and c.relkind in ('r', 'p', 'v', 'm') and pg_get_userbyid(c.relowner) = 'holdpoint_owner'`

const ATTRIBUTES = `
  select r.rolname as role, r.rolsuper as superuser, r.rolcreaterole as "createRole",
         r.rolcreatedb as "createDatabase", r.rolreplication as replication,
         r.rolbypassrls as "bypassRowSecurity", r.rolcanlogin as "canLogin",
         has_schema_privilege(r.oid, current_schema()::regnamespace, 'create') as "canCreateHere",
         array(select g.rolname::text from pg_roles g
                where g.oid <> r.oid and not r.rolsuper and pg_has_role(r.oid, g.oid, 'member')
                order by 1) as "memberOf",
         array(select pg_describe_object(d.classid, d.objid, 0) from pg_shdepend d
                where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
                  and d.dbid in (0, (select oid from pg_database where datname = current_database()))
                order by 1 limit 5) as owns
    from pg_roles r where r.rolname = any($1) order by r.rolname`

const ELSEWHERE = `
  select r.role, c.oid::regclass::text as name
    from unnest($1::text[]) r(role), pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and not (${OURS})
     and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and has_table_privilege(r.role, c.oid, 'DELETE, TRUNCATE')`

const TABLES = `
  select r.role, c.relname as "table", p.privilege,
         p.by_column and has_table_privilege(r.role, c.oid, p.privilege) as "allColumns",
         case when p.by_column then array(
           select a.attname::text from pg_attribute a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              and has_column_privilege(r.role, c.oid, a.attnum, p.privilege)
            order by a.attnum) else '{}' end as columns
    from unnest($1::text[]) r(role), pg_class c,
         (values ('SELECT', true), ('INSERT', true), ('UPDATE', true), ('REFERENCES', true),
                 ('DELETE', false), ('TRUNCATE', false), ('TRIGGER', false)) p(privilege, by_column)
   where ${OURS}
     and case when p.by_column then has_any_column_privilege(r.role, c.oid, p.privilege)
         else has_table_privilege(r.role, c.oid, p.privilege) end`

const FUNCTIONS = `
  select r.role, p.proname::text as name
    from unnest($1::text[]) r(role), pg_proc p
   where p.pronamespace = current_schema()::regnamespace
     and pg_get_userbyid(p.proowner) = 'holdpoint_owner'
     and p.prorettype <> 'trigger'::regtype and has_function_privilege(r.role, p.oid, 'execute')`
