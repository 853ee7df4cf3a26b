function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set.`)
  return value
}

export const agentUrl = (): string => setting('HOLDPOINT_AGENT_URL')
export const shopUrl = (): string => setting('HOLDPOINT_FLEET_SHOP')
/** The folder of this agent. */
export const folder = (): string => setting('HOLDPOINT_FLEET_FOLDER')
/** How many times faster than life. */
export const pace = (): number => Number(setting('HOLDPOINT_FLEET_PACE'))

const LEASE_MS = 10_000
const LEAST_LEASE_MS = 2000

/** Milliseconds that a silent agent's runs stay its own. */
export const leaseMs = (paceNow: number): number => Math.max(LEAST_LEASE_MS, LEASE_MS / paceNow)
