-- The digest of what was approved: SHA-256 of the canonical form of RFC 8785.

-- A number as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that give the same double.
create or replace function canonical_number(n numeric) returns text
language plpgsql immutable set extra_float_digits to 1 as $$
declare
  sign text := case when n < 0 then '-' else '' end;
  d double precision;
  parts text[];
  digits text;
  point integer;
  shorter numeric;
begin
  if n = trunc(n) and abs(n) <= 9007199254740991 then return trunc(n)::text; end if;
  if abs(n) > 1.7976931348623158e308 then
    raise exception 'a number is larger than a double can hold: nothing was written' using errcode = 'HP010';
  end if;
  if abs(n) <= 2.4703282292062327e-324 then return '0'; end if;
  d := abs(n)::double precision;
  parts := regexp_match(d::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  for round_again in 0..1 loop
    digits := parts[1] || coalesce(parts[2], '');
    point := length(parts[1]) + coalesce(parts[3]::integer, 0) - (length(digits) - length(ltrim(digits, '0')));
    digits := rtrim(ltrim(digits, '0'), '0');
    exit when round_again = 1 or length(digits) = 1;
    -- Postgres does not print what lies exactly between two doubles; ECMAScript does, where it is shorter.
    shorter := round((digits || 'e' || (point - length(digits)))::numeric, length(digits) - 1 - point);
    exit when not pg_input_is_valid(shorter::text, 'double precision') or shorter::double precision <> d;
    parts := regexp_match(shorter::text, '^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$');
  end loop;
  return sign || case
    when length(digits) <= point and point <= 21 then rpad(digits, point, '0')
    when 0 < point and point <= 21 then left(digits, point) || '.' || substr(digits, point + 1)
    when -6 < point and point <= 0 then '0.' || repeat('0', -point) || digits
    else left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
      || 'e' || case when point > 0 then '+' else '-' end || abs(point - 1)
  end;
end $$;

-- A text as UTF-16, by which RFC 8785 sorts names.
create or replace function utf16(value text) returns integer[]
language sql immutable as $$
  select coalesce(array_agg(unit order by n, half), '{}') from (
    select n, half, case when code < 65536 then code when half = 1 then 55296 + ((code - 65536) >> 10)
        else 56320 + ((code - 65536) & 1023) end as unit
      from (select n, ascii(letter) as code from unnest(string_to_array(value, null)) with ordinality as l(letter, n)) c,
        generate_series(1, 2) half
      where half = 1 or code >= 65536) units
$$;

-- The RFC 8785 form of a value.
create or replace function canonical_json(value jsonb) returns text
language plpgsql immutable as $$
declare
  ascii_names boolean;
begin
  case jsonb_typeof(value)
    when 'object' then
      ascii_names := not exists (select from jsonb_object_keys(value) name where octet_length(name) > char_length(name));
      return '{' || coalesce((select string_agg(to_json(e.key)::text || ':' || canonical_json(e.value), ','
        order by case when not ascii_names then utf16(e.key) end, e.key collate "C") from jsonb_each(value) e), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(canonical_json(e.value), ',' order by e.n)
        from jsonb_array_elements(value) with ordinality as e(value, n)), '') || ']';
    when 'number' then return canonical_number(value::numeric);
    else return value::text;
  end case;
end $$;

create or replace function digest_of(value jsonb) returns text
language sql immutable as $$ select encode(sha256(convert_to(canonical_json(coalesce(value, 'null')), 'UTF8')), 'hex') $$;
