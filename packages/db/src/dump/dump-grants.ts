import type { ClientBase } from 'pg'

interface GrantRow {
  grantee: string
  privilege: string
  columns: string[]
}

/** The grants on one table, whole or by column, without those of its owner. */
export async function grantsOf(client: ClientBase, oid: number, name: string): Promise<string[]> {
  const { rows } = await client.query<GrantRow>(
    `with given as (
       select x.grantee, x.privilege_type, null::name as col, 0 as pos
         from pg_class c, aclexplode(c.relacl) x
        where c.oid = $1 and x.grantee <> c.relowner
       union all
       select x.grantee, x.privilege_type, a.attname, a.attnum
         from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
        where c.oid = $1 and x.grantee <> c.relowner and not a.attisdropped)
     select case grantee when 0 then 'public' else grantee::regrole::text end as grantee,
            lower(privilege_type) as privilege,
            coalesce(array_agg(quote_ident(col) order by pos) filter (where col is not null), '{}') as columns
       from given
      group by grantee, privilege_type, col is null
      order by 1, 2, 3`,
    [oid],
  )
  const lines: string[] = []
  for (const [grantee, grants] of Map.groupBy(rows, (row) => row.grantee)) {
    const privileges = grants.map((grant) =>
      grant.columns.length === 0
        ? grant.privilege
        : `${grant.privilege} (${grant.columns.join(', ')})`,
    )
    lines.push(`grant ${privileges.join(',\n  ')}\n  on ${name} to ${grantee};`)
  }
  return lines
}

/** Who may use the schema, beside its owner. */
export async function schemaGrants(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select format('grant %s on schema %I to %s;', string_agg(lower(x.privilege_type), ', ' order by x.privilege_type),
              n.nspname, case x.grantee when 0 then 'public' else x.grantee::regrole::text end) as line
       from pg_namespace n, aclexplode(n.nspacl) x
      where n.nspname = $1 and x.grantee <> n.nspowner
      group by n.nspname, x.grantee
      order by 1`,
    [schema],
  )
  return rows.map((row) => row.line)
}
