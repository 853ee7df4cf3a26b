import { isUuid } from '@holdpoint/protocol'

/** A run whose open request is looked for; absent means the most urgent of all. */
export interface ApprovalsSearch {
  readonly run?: string
}

export const parseApprovalsSearch = ({ run }: Record<string, unknown>): ApprovalsSearch =>
  typeof run === 'string' && isUuid(run) ? { run } : {}
