import type { AuditLine } from '../src/audit/list.ts'
import type { Asked } from './ask.ts'

export type AuditInput = Exclude<Parameters<Asked['operator']['audit']['list']>[0], undefined>

interface AuditLog {
  /** A row as the agent writes it. */
  readonly writes: (columns: Record<string, unknown>) => Promise<void>
  /** Every row that a filter finds, page by page. */
  readonly all: (input: AuditInput) => Promise<AuditLine[]>
}

/** The audit log, as the agent of a test writes it and an operator reads it. */
export function auditLog(db: Asked['db'], operator: Asked['operator']): AuditLog {
  async function writes(columns: Record<string, unknown>): Promise<void> {
    const names = Object.keys(columns)
    await db.trial.query(
      `insert into agent_audit_log (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
      Object.values(columns),
    )
  }

  async function all(input: AuditInput): Promise<AuditLine[]> {
    const rows: AuditLine[] = []
    let cursor: string | null | undefined
    do {
      const page: { rows: AuditLine[]; nextCursor: string | null } = (await operator.audit.list({
        ...input,
        cursor,
      })) as never
      rows.push(...page.rows)
      cursor = page.nextCursor
    } while (cursor !== null)
    return rows
  }

  return { writes, all }
}
