-- Filters of the fleet page under a name.

create or replace function save_view(view_name text, search text, actor text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform check_actor(actor, null);
  insert into saved_views (name, search, made_by) values (view_name, save_view.search, actor)
    on conflict (name) do update set search = excluded.search, made_by = excluded.made_by, made_at = clock_timestamp();
  perform audit_act(null, actor, 'view.save', 'saved_views', view_name, null, jsonb_build_object('search', save_view.search));
end $$;

create or replace function remove_view(view_name text, actor text) returns void
language plpgsql security definer set search_path from current as $$
declare
  gone saved_views;
begin
  perform check_actor(actor, null);
  delete from saved_views where name = view_name returning * into gone;
  if not found then
    raise exception 'there is no view "%": nothing was done', view_name using errcode = 'HP015';
  end if;
  perform audit_act(null, actor, 'view.remove', 'saved_views', view_name, jsonb_build_object('search', gone.search), null);
end $$;

grant execute on function save_view(text, text, text), remove_view(text, text) to holdpoint_server;
