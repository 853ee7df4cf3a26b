import { type Approval, isUuid, type Page } from '@holdpoint/protocol'

import { checkIdText } from '../controls/find-run.ts'
import { CliFailure } from '../failure.ts'
import { RefusedError, type ServerApi } from '../server-api.ts'

const PAGE = 200

/** What waits for a decision, longest waiting first, a page at a time. */
export async function* openApprovals(api: ServerApi): AsyncGenerator<readonly Approval[]> {
  let cursor: string | null = null
  do {
    const page: Page<Approval> = await api.query<Page<Approval>>('approvals.list', {
      status: 'open',
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    })
    yield page.rows
    cursor = page.nextCursor
  } while (cursor !== null)
}

/**
 * The one request that is meant, by its id or its run's, or the beginning of either. It may be settled already.
 * @throws CliFailure when there is none, or more than one
 */
export async function findApproval(api: ServerApi, text: string): Promise<Approval> {
  const wanted = checkIdText(text, 'approval')
  const open: Approval[] = []
  for await (const page of openApprovals(api))
    open.push(...page.filter(({ id, runId }) => id.startsWith(wanted) || runId.startsWith(wanted)))
  const [first, second] = open
  if (first === undefined) return findSettled(api, wanted)
  if (second === undefined) return first
  throw new CliFailure(
    1,
    `${wanted} fits ${open.length} approvals, for instance ${first.id} and ${second.id}. Nothing was done: give more of the id of one.`,
  )
}

/** Nothing open fits: one that was just settled is found, so that the answer says who was first. */
async function findSettled(api: ServerApi, wanted: string): Promise<Approval> {
  if (isUuid(wanted)) {
    const settled = await api.query<Approval>('approvals.get', { id: wanted }).catch(ifNoApproval)
    if (settled !== undefined) return settled
  } else {
    // The newest alone: whoever means an older one gives its whole id.
    const { rows } = await api.query<Page<Approval>>('approvals.list', {
      status: 'closed',
      limit: PAGE,
    })
    const [settled, other] = rows.filter(({ id }) => id.startsWith(wanted))
    if (settled !== undefined && other === undefined) return settled
  }
  throw new CliFailure(
    1,
    `${wanted} is neither an approval nor a run that waits for one. Nothing was done: see holdpoint approvals.`,
  )
}

function ifNoApproval(error: unknown): undefined {
  if (error instanceof RefusedError && error.body.code === 'APPROVAL_NOT_FOUND') return undefined
  throw error
}
