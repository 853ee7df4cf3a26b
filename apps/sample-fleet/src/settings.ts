function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set.`)
  return value
}

export const agentUrl = (): string => setting('HOLDPOINT_AGENT_URL')
export const shopUrl = (): string => setting('HOLDPOINT_FLEET_SHOP')
/** The folder of this agent. */
export const folder = (): string => setting('HOLDPOINT_FLEET_FOLDER')
export const pace = (): number => Number(setting('HOLDPOINT_FLEET_PACE'))
