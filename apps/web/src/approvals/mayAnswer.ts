import type { ApprovalToAnswer, Replies } from '@holdpoint/protocol'

import type { Draft } from './draft'

/** What of this screen stands in the way of an answer, beside what the server says. */
export interface Standing {
  /** Null: nobody edits. */
  readonly text: string | null
  readonly draft: Draft
  readonly fault: string | null
  readonly checked: boolean
  /** Why it cannot be edited in a browser at all, or null. */
  readonly barred: string | null
  /** An output that no grade was given to yet. */
  readonly ungraded: boolean
}

/**
 * Why each control of a request cannot be used now, or null where it can. Every button, key and menu entry follows this;
 * who may give which answer is the server's word.
 */
export function mayAnswer({ replies }: ApprovalToAnswer, standing: Standing): Replies {
  const { text, draft, barred, ungraded } = standing
  const grade = ungraded ? 'Grade it first: the grade is kept with the output.' : null
  const yes = draft.kind === 'edited' ? replies.edit : replies.approve
  return {
    ...replies,
    approve: yes ?? editsWait(standing) ?? grade,
    edit: replies.edit ?? barred,
    reject: replies.reject ?? grade,
    further:
      replies.further ??
      (text === null ? null : 'A yes for calls to come is about what was asked: drop your edits.'),
  }
}

function editsWait({ draft, fault, checked }: Standing): string | null {
  if (draft.kind === 'broken') return 'The edited arguments cannot be read.'
  if (fault !== null) return 'The edited arguments break their schema.'
  return checked ? null : 'The edited arguments are being checked.'
}

/** Why neither a yes nor a no is this person's to give, or null where one is. */
export const noAnswer = ({ approve, reject }: Replies): string | null =>
  approve !== null && reject !== null ? reject : null

/** What is left to a person whose yes would not count. */
export const onlyNoWords = 'A no from you ends it: the agent reads your reason.'
