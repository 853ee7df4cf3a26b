import { type Round, type Shift, why } from './shift.ts'

const AFTER_S = 150

interface Unknown {
  readonly id: string
  readonly tool: string
  readonly path: string
  readonly target: string
}

const UNKNOWN = `select a.action_id as id, a.tool, coalesce(a.target, '') as target,
    coalesce(a.request ->> 'path', '/refunds/' || (a.request ->> 'order')) as path
  from run_holds h join actions a on a.action_id = h.action_id join workflow_checkpoints w on w.workflow_id = h.workflow_id
  where h.kind = 'outcome' and h.cleared_at is null and a.state = 'unknown'
    and w.agent_id = any ($1) and w.held_by = '{outcome}' and h.opened_at < clock_timestamp() - make_interval(secs => $2::float8)`

/** Finds out at the shop whether the action landed, and says so. */
export const outcomes: Round = async (shift) => {
  const unknown = await shift.query<Unknown>(UNKNOWN, [
    ['support-agent', 'refund-agent'],
    shift.seconds(AFTER_S),
  ])
  for (const action of unknown) {
    const landed = await hasLanded(shift, action)
    if (landed === undefined) continue
    await shift.verb('select settle_action($1, $2, $3, $4)', [
      action.id,
      shift.actor,
      landed,
      why(landed ? 'the shop has it in its books' : 'the shop knows nothing of it'),
    ])
  }
}

/** @returns undefined where the shop cannot tell */
async function hasLanded(
  { shopUrl }: Shift,
  { tool, path, target }: Unknown,
): Promise<boolean | undefined> {
  const response = await fetch(`${shopUrl}${path}`, { signal: AbortSignal.timeout(10_000) })
  switch (tool) {
    case 'payments.refund':
      return response.status === 404 ? false : response.ok || undefined
    case 'voucher.issue': {
      if (!response.ok) return undefined
      const { vouchers } = (await response.json()) as { vouchers: readonly { ticket: number }[] }
      return vouchers.some(({ ticket }) => target === `ticket ${ticket}`)
    }
    default:
      return undefined
  }
}
