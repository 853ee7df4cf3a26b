import type { RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId, id } from '../trpc/procedure.ts'

/** An instant, or so long before now: `-90s`, `-15m`, `-24h`, `-7d`. */
const moment = z.union([
  z.iso.datetime({ offset: true }),
  z.string().regex(/^-\d{1,6}[smhd]$/, 'neither an instant nor a time before now such as -15m'),
])

const text = (most: number) => z.string().min(1).max(most)

/**
 * Which rows of the audit log. What is not named does not matter. `actor` and `action` may end in `*`, and then
 * match what begins so; `people` as actor means everyone who is no agent. `from` belongs to the window, `to` does not.
 */
export const auditFilter = z.object({
  agentId: agentId.optional(),
  runId: id<RunId>().optional(),
  actor: text(300).optional(),
  login: text(200).optional(),
  table: text(500).optional(),
  row: text(500).optional(),
  action: text(500).optional(),
  from: moment.optional(),
  to: moment.optional(),
  late: z.boolean().optional(),
})
export type AuditFilter = z.output<typeof auditFilter>

export const auditOrder = z.enum(['newest', 'oldest'])
export type AuditOrder = z.output<typeof auditOrder>

/** The beginning that a filter such as `approval.*` asks for; undefined where it asks for a whole value. */
export const beginning = (wanted: string | undefined): string | undefined =>
  wanted?.endsWith('*') === true ? wanted.slice(0, -1) : undefined
