/** Branded ids: a run's id cannot be passed where an approval's is meant. All are UUIDs in text form. */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type RunId = Branded<'RunId'>
export type ApprovalId = Branded<'ApprovalId'>
export type ActionId = Branded<'ActionId'>
export type HoldId = Branded<'HoldId'>
export type PolicyId = Branded<'PolicyId'>
export type StandingApprovalId = Branded<'StandingApprovalId'>
export type DetectionId = Branded<'DetectionId'>

/** An agent is known by its name, not by a UUID: `agent_id` in every table. */
export type AgentId = Branded<'AgentId'>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for the text form of a UUID, upper or lower case. */
export const isUuid = (text: string): boolean => uuid.test(text)
