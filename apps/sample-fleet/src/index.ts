export { type AgentName, agentNames } from './agent-names.ts'
export { giveSamplePolicies } from './policies.ts'
export { type Fleet, type FleetOptions, startFleet } from './start-fleet.ts'
