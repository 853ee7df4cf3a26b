/**
 * A route's reading of its address, and nothing beside it: the router keeps what the address said under every name that a
 * reading leaves out, so that "from=soon" would reach the page although it was dropped.
 */
export const asRead =
  <T extends object>(parse: (raw: Record<string, unknown>) => T) =>
  (raw: Record<string, unknown>): T => {
    const nothing: Record<string, undefined> = {}
    for (const name of Object.keys(raw)) nothing[name] = undefined
    return { ...nothing, ...parse(raw) }
  }
