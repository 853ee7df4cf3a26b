import type { Approval } from '@holdpoint/protocol'

/** Whether this person's yes would count: some group asks everyone, or names them. The database asks again. */
export const isAsked = ({ quorum }: Pick<Approval, 'quorum'>, actor: string): boolean =>
  quorum === null || quorum.some(({ members }) => members === undefined || members.includes(actor))

export const notAskedWords =
  'A yes is for those who are asked, and you are none of them. A no from you ends it: the agent reads your reason.'
