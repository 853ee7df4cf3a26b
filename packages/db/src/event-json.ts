/**
 * SQL that writes a row of run_events as JSON text, a `RunEvent` of the protocol. Put together from what is stored:
 * the state is JSON already, and building it anew would cost more than reading it.
 */
export const eventJson = (e: string): string =>
  `'{"runId":"' || ${e}.workflow_id || '","seq":' || ${e}.seq || ',"kind":' || to_json(${e}.kind)
    || ',"actor":' || to_json(${e}.actor) || ',"login":' || to_json(${e}.login) || ',"at":' || to_json(${e}.at)
    || ',"detail":' || coalesce(${e}.detail::text, 'null') || ',"state":' || ${e}.state || '}'`
