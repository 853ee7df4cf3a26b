-- Edited arguments and the JSON Schema that came with the request. Whole schemas are read by the server; what each of
-- these keywords forbids is forbidden by itself, whatever else stands beside it, so it can be said again here.

-- Where what is given breaks the plain part of a schema: type, enum, const, required, properties, additionalProperties:
-- false, items. Null: it does not; a pattern, a bound or a reference may still forbid it. What is no schema forbids nothing.
-- Agents write both: for each value given there is one look into the schema, never one for each word of it. A long list
-- of lists and objects is left to the server, which stops reading after a while.
create or replace function broken_at(given jsonb, schema jsonb, place text default '#') returns text
language plpgsql immutable as $$
declare
  kind text := jsonb_typeof(given);
  types jsonb := case jsonb_typeof(schema -> 'type') when 'string' then jsonb_build_array(schema -> 'type') else schema -> 'type' end;
  named jsonb := coalesce(schema -> 'properties', '{}');
begin
  if schema = 'false' then return place; end if;
  -- In older drafts nothing beside a reference counts.
  if coalesce(jsonb_typeof(schema), '') <> 'object' or schema ? '$ref' then return null; end if;
  if jsonb_typeof(types) = 'array' and not types ? kind
      and not (types ? 'integer' and case kind when 'number' then given::numeric % 1 = 0 else false end)
    or jsonb_typeof(schema -> 'enum') = 'array' and not (case
      when kind not in ('array', 'object') then schema -> 'enum' @> given
      else jsonb_array_length(schema -> 'enum') > 50 or exists (select from jsonb_array_elements(schema -> 'enum') e where e = given) end)
    or schema -> 'const' <> given then
    return place;
  end if;
  if kind = 'array' and jsonb_typeof(schema -> 'items') = 'object' and not schema ? 'prefixItems' then
    return (select f from jsonb_array_elements(given) with ordinality e(it, n), broken_at(it, schema -> 'items', place || '/' || n - 1) f
      where f is not null limit 1);
  elsif kind = 'object' then
    return coalesce(
      (select place || '/' || (k #>> '{}') from jsonb_path_query(schema, 'strict $.required[*] ? (@.type() == "string")', silent => true) k
        where not given ? (k #>> '{}') limit 1),
      (select place || '/' || k from jsonb_object_keys(given) k
        where schema -> 'additionalProperties' = 'false' and not schema ? 'patternProperties' and jsonb_typeof(named) = 'object'
          and not named ? k limit 1),
      (select f from jsonb_each(given) p(k, its), broken_at(its, named -> k, place || '/' || k) f
        where jsonb_typeof(named) = 'object' and named ? k and f is not null limit 1));
  end if;
  return null;
end $$;
