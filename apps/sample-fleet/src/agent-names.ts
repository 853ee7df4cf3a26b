/** Every sample agent: its agent id, its login's name, and the file of its process. */
export const agentNames = [
  'support-agent',
  'research-lead',
  'release-notes',
  'refund-agent',
  'etl-agent',
  'nightly-report',
  'ops-agent',
  'price-scout',
] as const

export type AgentName = (typeof agentNames)[number]
