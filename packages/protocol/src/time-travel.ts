import type { Decision } from './approvals.ts'
import type { ChangeSubject } from './asked.ts'
import type { EventKind } from './events.ts'
import type { HoldKind } from './holds.ts'
import type { AgentId, ApprovalId, RunId } from './ids.ts'
import type { FinalStatus, RunState, RunStatus } from './run-state.ts'
import type { Instant, Run, Spend } from './run.ts'
import type { StopReason } from './stop-reasons.ts'

// What `history.*` answers: the past, read from the append-only history and from what is derived from it in the same
// transactions. Times are the database's, to the microsecond; an event belongs to the instant at which it was written,
// so that of a transaction that was still open then is shown, too, once it has committed.

/** From when the history goes, and what the database's clock says. */
export interface HistoryBounds {
  /** Of the first event; null: there is none yet. */
  readonly begins: Instant | null
  readonly now: Instant
}

export interface FleetAt {
  /** What was asked for, or the database's present where that lies ahead. */
  readonly at: Instant
  /**
   * Each as the last of its events that is not after `at` says. Those that had not ended then (at most 10,000, the
   * latest that began), then the latest 500 that had, newest first.
   */
  readonly runs: readonly Run[]
  /** Exact, also where runs are left out: of the final ones how many had ended by then. What is not named is 0. */
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>
  readonly approvalsWaiting: number
  /** True when runs that had not ended were left out. */
  readonly truncated: boolean
}

/** An approval that was asked for and open. */
export interface ApprovalAt {
  readonly approvalId: ApprovalId
  readonly tool: string | null
  readonly target: string | null
  readonly changes: ChangeSubject | null
  readonly requestedAt: Instant
}

export interface RunAt {
  readonly at: Instant
  readonly run: Run
  /** Of the event that says so. */
  readonly seq: number
  readonly openApprovals: readonly ApprovalAt[]
}

/** A run whose state is not the same at two instants; `before` is null where it began between them. */
export interface RunChange {
  readonly before: Run | null
  readonly after: Run
}

export interface FleetChanges {
  readonly from: Instant
  readonly to: Instant
  /** The latest change first; at most 500. An event that left the state as it was (a task, an audit row) is none. */
  readonly rows: readonly RunChange[]
  /** Runs that changed; with `truncated`, of those that were compared. */
  readonly total: number
  /** Not all are in `rows`. */
  readonly truncated: boolean
}

/**
 * Events over time. Buckets begin at whole multiples of `everyMs`, so `from` may be earlier than asked and `to` later:
 * both say what the counts cover, and the same bucket has the same count in every answer.
 */
export interface Density {
  readonly from: Instant
  readonly to: Instant
  readonly everyMs: number
  /** Events in each bucket. */
  readonly counts: readonly number[]
  /** Of those, the ones that stopped a run: paused it, lost it, failed it or killed it. */
  readonly stops: readonly number[]
}

export interface TimelineRun {
  readonly id: RunId
  /** May be before the window. */
  readonly from: Instant
  /** Null: it had not ended at the end of the window. */
  readonly to: Instant | null
  /** At the end of the window. */
  readonly state: RunState
  readonly stopReason: StopReason | null
  readonly goal: string | null
}

export interface TimelineHold {
  readonly runId: RunId
  readonly kind: HoldKind
  readonly from: Instant
  /** Null: it was open at the end of the window. */
  readonly to: Instant | null
  readonly by: string
  readonly why: string | null
}

/** A step or a tool at work, as the run's own state said. */
export interface TimelineStretch {
  readonly of: 'step' | 'tool'
  readonly runId: RunId
  readonly name: string
  /** What a tool was used on. */
  readonly target: string | null
  readonly from: Instant
  /** Null: it was at work at the end of the window. */
  readonly to: Instant | null
  /**
   * What the event that ended it says. Of a tool `confirmed`, `failed`, `unknown`, `cancelled`; of a step `completed`,
   * `failed`, `killed`; null where none said.
   */
  readonly outcome: string | null
}

/** A moment worth a mark: approvals, what people did, stops, what came after a run had ended. */
export interface TimelineMark {
  readonly at: Instant
  readonly kind: EventKind
  readonly runId: RunId
  readonly seq: number
  readonly actor: string
  /** In words; may hold the agent's own. */
  readonly text: string
}

/** What was done that no run's history has, as the audit log has it: a policy, an isolation, a word on a finding. */
export interface TimelineAct {
  /** Of the audit row. */
  readonly id: string
  readonly at: Instant
  readonly action: string
  readonly actor: string
  /** Null: it was about no run alone. */
  readonly runId: RunId | null
  /** What it was about, and why; may hold people's and agents' words. */
  readonly text: string
}

/** Of a lane's marks and acts so many are counted, and no more: where there are as many, there are at least as many. */
export const mostMarksCounted = 2_000

/** The newest acts there is room for, by their time. */
export interface TimelineActs {
  readonly acts: readonly TimelineAct[]
  /** Left out, as far as `mostMarksCounted` counts. */
  readonly moreActs: number
}

/** One agent's part of a window. */
export interface TimelineLane extends TimelineActs {
  readonly agentId: AgentId
  /** Exact, also where not all are in `runs`. */
  readonly runsInWindow: number
  /** Events in each bucket. */
  readonly events: readonly number[]
  /** Of those, the ones that stopped a run. */
  readonly stops: readonly number[]
  /**
   * The most troubled first, then the longest. Of more than 10,000 runs in all lanes one stands for each stretch of a
   * lane, the last that failed before one that was killed or complete; `moreRuns` are not among them.
   */
  readonly runs: readonly TimelineRun[]
  readonly moreRuns: number
  /** Of `runs`, by their begin. */
  readonly holds: readonly TimelineHold[]
  /** Of `runs`, by their begin; null where the window is too wide to show them. */
  readonly stretches: readonly TimelineStretch[] | null
  /** By their time. Where there is no room for all: first what stopped a run or was done by people, then the newest. */
  readonly marks: readonly TimelineMark[]
  /** Left out, as far as `mostMarksCounted` counts. */
  readonly moreMarks: number
}

/** A window of the fleet's past. Buckets are those of `Density`. */
export interface Timeline {
  readonly from: Instant
  readonly to: Instant
  readonly everyMs: number
  /** The agents with the most stops, then with the most events, first. */
  readonly lanes: readonly TimelineLane[]
  readonly moreLanes: number
  /** About no agent alone: policies for all, people, settings. Whichever agents were asked for. */
  readonly fleet: TimelineActs
}

/** A run that stopped in a window: paused, lost, failed or killed. A run may stop more than once. */
export interface IncidentStop {
  readonly run: Pick<Run, 'id' | 'agentId' | 'goal' | 'step' | 'status'>
  readonly at: Instant
  readonly seq: number
  readonly by: string
  readonly reason: StopReason | null
  readonly detail: string | null
}

export interface IncidentOperatorAction {
  readonly at: Instant
  readonly actor: string
  readonly action: string
  /** The run, else the row that it was about. */
  readonly runId: RunId | null
  readonly agentId: AgentId | null
  readonly target: string | null
  readonly why: string | null
}

export interface IncidentApproval {
  readonly approvalId: ApprovalId
  readonly runId: RunId
  readonly agentId: AgentId
  readonly tool: string | null
  readonly target: string | null
  readonly requestedAt: Instant | null
  /** Null: not decided within the window. */
  readonly decidedAt: Instant | null
  readonly decision: Decision | null
  readonly by: string | null
  readonly why: string | null
}

export interface IncidentAgent {
  readonly agentId: AgentId
  readonly events: number
  readonly stops: number
}

/** What happened in a window, for a post-mortem. */
export interface IncidentSummary {
  readonly from: Instant
  readonly to: Instant
  readonly agents: readonly string[] | null
  readonly events: number
  /** The newest; those that only asked for approval are the first to be left out. */
  readonly stopped: readonly IncidentStop[]
  /** How often runs stopped for what, of the whole window, most first. */
  readonly stopReasons: readonly {
    readonly reason: StopReason | null
    readonly stops: number
  }[]
  readonly ended: Readonly<Record<FinalStatus, number>>
  readonly operatorActions: readonly IncidentOperatorAction[]
  readonly approvals: readonly IncidentApproval[]
  readonly busiest: readonly IncidentAgent[]
  /** By the runs of the window, within it. */
  readonly spend: Spend
  /** How many entries each list leaves out, the oldest; all 0: this is everything. */
  readonly leftOut: {
    readonly stopped: number
    readonly operatorActions: number
    readonly approvals: number
    /** Runs that were too many to be compared: `spend` is not exact then. */
    readonly spend: number
  }
  /** The same as Markdown; what agents and people wrote is escaped. */
  readonly text: string
}
