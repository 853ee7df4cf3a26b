import type { ApprovalId } from './ids.ts'

/** An action about to run; an output about to be returned, with a person as its grader; a change about to go live. */
export const approvalKinds = ['action', 'output', 'change'] as const
export type ApprovalKind = (typeof approvalKinds)[number]

/** What a change is about to make live: a claim. The versions are there where they can be said in a word. */
export interface ChangeSubject {
  readonly what: string
  readonly name: string
  readonly from?: string
  readonly to?: string
}

/** What is asked for: a call, an output, a change. The names are the agent's own. */
export interface Asked {
  readonly kind: ApprovalKind
  readonly tool: string | null
  readonly target: string | null
  readonly changes: ChangeSubject | null
}

/** The request that a run waits for; the first of several. */
export interface AskedOfPerson extends Asked {
  readonly approvalId: ApprovalId
}
