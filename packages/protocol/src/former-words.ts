// What the log and decided requests say stays as it was written. Where a word has changed since, this says which it was.

/** Acts of the audit log: the present word and the one before it. */
const acts = [
  ['standing.give', 'rule.make'],
  ['standing.revoke', 'rule.revoke'],
  ['drift.policy', 'drift.settings'],
] as const

/** So the tables that they are about. */
const tables = [
  ['standing_approvals', 'approval_rules'],
  ['drift_policies', 'drift_settings'],
] as const

const changed = [...acts, ...tables]

/** The word of today for one that was written at any time. */
export const presentWord = (written: string): string =>
  changed.find(([, before]) => before === written)?.[0] ?? written

/** A word and the others that mean the same: all that a search for it must find. */
export function everyWordFor(word: string): readonly string[] {
  const pair = changed.find((words) => words.some((each) => each === word))
  return pair ?? [word]
}

/** Acts that do not begin so and mean the same as some that do. */
export const otherWordsFor = (start: string): readonly string[] =>
  acts.flatMap(([now, before]) => {
    if (now.startsWith(start) === before.startsWith(start)) return []
    return [now.startsWith(start) ? before : now]
  })

/** Who said yes to a request: a standing approval, and not a person or a policy. It was called a rule once. */
export const isStandingApproval = (decidedBy: string): boolean =>
  /^(standing|rule):/.test(decidedBy)
