-- It returns whose hand a secret is, too.
drop function if exists callers_of(bytea[]);
