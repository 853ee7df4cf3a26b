import type { ClientBase } from 'pg'

interface FunctionRow {
  name: string
  definition: string
  grantees: string[]
}

/** Every function of the schema with those who may call it, by name. */
export async function dumpFunctions(client: ClientBase, schema: string): Promise<string[]> {
  // Without an access list PUBLIC may call it: acldefault says so, and the diff then shows it.
  const { rows } = await client.query<FunctionRow>(
    `select p.oid::regprocedure::text as name,
            pg_get_functiondef(p.oid) as definition,
            array(select case x.grantee when 0 then 'public' else x.grantee::regrole::text end
                    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
                   where x.grantee <> p.proowner order by 1) as grantees
       from pg_proc p
      where p.pronamespace = $1::regnamespace and p.prokind in ('f', 'p')
      order by p.proname, p.oid::regprocedure::text`,
    [schema],
  )
  return rows.map(({ name, definition, grantees }) => {
    const grant =
      grantees.length === 0 ? [] : [`grant execute on function ${name} to ${grantees.join(', ')};`]
    return [`${definition.trim()};`, ...grant].join('\n')
  })
}

interface TypeRow {
  line: string
}

/** Enums, domains, sequences and views, which are few. */
export async function dumpOthers(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<TypeRow>(
    `select format('create type %s as enum (%s);', t.oid::regtype,
              (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
                 from pg_enum e where e.enumtypid = t.oid)) as line
       from pg_type t where t.typnamespace = $1::regnamespace and t.typtype = 'e'
     union all
     select format('create domain %s as %s%s;', t.oid::regtype, format_type(t.typbasetype, t.typtypmod),
              (select string_agg(' ' || pg_get_constraintdef(c.oid), '' order by c.conname)
                 from pg_constraint c where c.contypid = t.oid and c.contype = 'c'))
       from pg_type t where t.typnamespace = $1::regnamespace and t.typtype = 'd'
     union all
     select format('create sequence %s;', c.oid::regclass)
       from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'S'
     union all
     select format(E'create view %s as\n%s', c.oid::regclass, pg_get_viewdef(c.oid, true))
       from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'v'
      order by 1`,
    [schema],
  )
  return rows.map((row) => row.line)
}
