export type { ActionOptions, Perform, Precondition } from './action.ts'
export type { ApprovalAnswer, ApprovalRequest } from './approve.ts'
export {
  ActionFailure,
  ActionRefusedError,
  ApprovalExpiredError,
  ApprovalRejectedError,
  DatabaseAwayError,
  type ErrorClass,
  FencedError,
  HoldpointError,
  type OwnStopReason,
  PayloadTooLargeError,
  RecheckRealityError,
  ResponseNotKeptError,
  RunBusyError,
  RunEndedError,
  RunFailure,
  RunReleasedError,
  WorkerClosedError,
  WrongVersionError,
} from './errors.ts'
export type { Json } from './json.ts'
export type { LoopSpec } from './loop.ts'
export { type PayloadKind, PAYLOAD_LIMIT, type Redact } from './payload.ts'
export { redactSecrets } from './redact.ts'
export type { AgentWork, Run, Waiting } from './run.ts'
export type { Spent } from './spent.ts'

export type { CarryOptions, Memory, OnHold, RunLimits, RunSpec } from './spec.ts'
export type { MemoryOf, ServeOptions, Skill, Skills } from './serve.ts'
export type { Step, StepOptions } from './step.ts'
export { enqueue, supervise } from './supervise.ts'
export { type UnfinishedRun, Worker } from './worker.ts'
export type { WorkerOptions } from './worker-options.ts'
