import {
  runStatuses,
  type AgentId,
  type EventKind,
  type FleetFrame,
  type Run,
  type RunEvent,
  type RunId,
  type StatusCounts,
} from '@holdpoint/protocol'

/** Made-up runs for tests of the store. */
export function aRun(id: string, seq: number, changes: Partial<Run> = {}): Run {
  const at = '2026-11-20T03:12:07.000000+00:00'
  return {
    id: id as RunId,
    agentId: 'triage' as AgentId,
    parentId: null,
    rootId: id as RunId,
    goal: null,
    skill: null,
    skillVersion: null,
    loop: null,
    labels: {},
    engine: 'sdk',
    worker: null,
    status: 'running',
    statusSince: at,
    heldBy: [],
    stopReason: null,
    stopDetail: null,
    asks: null,
    step: null,
    stepSince: null,
    steps: 0,
    tool: null,
    toolTarget: null,
    toolSince: null,
    waitingOn: null,
    spend: { tokensIn: 0, tokensOut: 0, costUsd: 0 },
    limits: { tokens: null, costUsd: null, steps: null, deadline: null },
    drift: null,
    control: null,
    epoch: 1,
    seq,
    lastEvent: { kind: 'run.started', actor: 'agent:triage', at },
    createdAt: at,
    ...changes,
  }
}

export function anEvent(id: string, seq: number, more: Partial<RunEvent> = {}): RunEvent {
  const kind: EventKind = 'run.progress'
  const at = `2026-11-20T03:12:${String(seq % 60).padStart(2, '0')}.000000+00:00`
  const base = { runId: id as RunId, seq, kind, actor: 'agent:triage', login: 'agent_triage', at }
  return { ...base, detail: null, state: aRun(id, seq), ...more }
}

const noCounts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as StatusCounts

export function aFrame(runs: readonly Run[], more: Partial<FleetFrame> = {}): FleetFrame {
  const asOf = '2026-11-20T03:12:08.000000+00:00'
  return { position: 'p', asOf, runs, counts: noCounts, approvalsWaiting: 0, ...more }
}
