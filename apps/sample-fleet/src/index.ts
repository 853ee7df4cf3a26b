export { type AgentName, agentNames } from './agent-names.ts'
export { nightShiftName } from './night-shift/night-shift.ts'
export { giveSamplePolicies, setUpName } from './policies.ts'
export { type Fleet, type FleetOptions, startFleet } from './start-fleet.ts'
