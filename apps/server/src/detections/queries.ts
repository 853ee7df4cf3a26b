/** A row of `detections` beside its hold, in the words of the protocol. */
export const detectionJson = (d: string, h: string): string => `jsonb_build_object(
  'id', ${d}.detection_id, 'runId', ${d}.workflow_id, 'agentId', ${d}.agent_id, 'finding', ${d}.finding, 'rule', ${d}.rule,
  'seq', ${d}.seq, 'score', ${d}.score, 'why', ${d}.why, 'evidence', to_jsonb(${d}.evidence),
  'policyVersion', ${d}.policy_version, 'foundAt', ${d}.found_at, 'held', ${d}.hold_id is not null,
  'open', case when ${d}.hold_id is null then ${d}.over_at is null else ${h}.cleared_at is null end,
  'verdict', ${d}.verdict, 'verdictBy', ${d}.verdict_by, 'verdictWhy', ${d}.verdict_why, 'verdictAt', ${d}.verdict_at)`

/** A row of `drift_policies`. */
export const driftPolicyJson = (
  s: string,
): string => `jsonb_build_object('agentId', ${s}.agent_id, 'version', ${s}.version,
  'settings', ${s}.settings, 'holds', ${s}.holds, 'author', ${s}.author, 'why', ${s}.why, 'madeAt', ${s}.made_at)`
