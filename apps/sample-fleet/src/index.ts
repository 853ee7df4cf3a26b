export { type AgentName, agentNames } from './agent-names.ts'
export { type Fleet, type FleetOptions, startFleet } from './start-fleet.ts'
