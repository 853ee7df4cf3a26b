export interface Mutation {
  readonly name: string
  readonly invariant: number
  /** Takes one enforcement out of a migrated database; run as superuser with our schema first. */
  readonly sql: string
  /** Where a test must fail under it, and the beginning of that test's full name. */
  readonly file: string
  readonly test: string
}

/** The definition of a function as it stands, with one piece of its text replaced: fails when it is not there. */
export const rewrite = (signature: string, from: string, to: string): string => `
do $mutation$
declare
  was text := pg_get_functiondef('${signature}'::regprocedure);
  becomes text := replace(was, $from$${from}$from$, $to$${to}$to$);
begin
  if was = becomes then raise exception 'nothing to take out of ${signature}'; end if;
  execute becomes;
end $mutation$;`
