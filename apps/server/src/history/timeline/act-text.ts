import { type DriftFinding, isUuid, type RunId, stopReasonFacts } from '@holdpoint/protocol'

/** An act as the audit log has it. */
export interface Acted {
  /** Null: it was about no agent alone. */
  readonly agentId: string | null
  readonly id: string
  readonly at: string
  readonly action: string
  readonly actor: string
  readonly runId: RunId | null
  readonly target: string | null
  /** Of what it changed, what a line has room for. */
  readonly after: Partial<{
    readonly finding: DriftFinding
    readonly verdict: 'right' | 'wrong'
    readonly name: string
    readonly tool: string
    readonly version: number
    readonly why: string
  }> | null
  /** Of the acts about the same agent in the window. */
  readonly allOfThem: number
}

/** What an act was about, and why. Holds words of people and names of agents' tools as they were written. */
export function actText({ agentId, target, after }: Acted): string {
  const { finding, verdict, name, version, tool, why } = after ?? {}
  const said = [
    finding === undefined ? null : stopReasonFacts[finding].label,
    verdict === undefined ? null : `it was ${verdict}`,
    name ?? null,
    tool ?? null,
    version === undefined ? null : `version ${version}`,
    // What an id stands for is said by the others, and whose it is by the lane.
    target === null || target === agentId || isUuid(target) ? null : target,
    why ?? null,
  ]
  return [...new Set(said.filter((part) => part !== null && part !== ''))].join(', ')
}
