import type { ClientBase } from 'pg'

/** Who may call which function, by name. What they do stands in packages/db/functions. */
export async function dumpRights(client: ClientBase, schema: string): Promise<string[]> {
  // Without an access list PUBLIC may call it: acldefault says so, and the diff then shows it.
  const { rows } = await client.query<{ line: string }>(
    `select format('grant execute on function %s to %s;', p.oid::regprocedure,
              string_agg(case x.grantee when 0 then 'public' else x.grantee::regrole::text end, ', '
                order by x.grantee <> 0, x.grantee::regrole::text)) as line
       from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
      where p.pronamespace = $1::regnamespace and p.prokind in ('f', 'p') and x.grantee <> p.proowner
      group by p.oid
      order by p.proname, p.oid::regprocedure::text`,
    [schema],
  )
  return rows.map(({ line }) => line)
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
