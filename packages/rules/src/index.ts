export { next, type Next } from './next.ts'
export type { Observation, Outcome } from './observation.ts'
export { parsePolicy, parseSettings, SettingsError } from './parse-settings.ts'
export {
  defaultPoll,
  defaultSettings,
  defaultTool,
  type PollSettings,
  type Settings,
  type ToolSettings,
  type Weights,
} from './settings.ts'
export { afterResume, readState, startState, type State } from './state.ts'
export { type Finding, type Signal, type SignalName, signalNames, type Verdict } from './verdict.ts'
