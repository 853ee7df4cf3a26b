import type { Database } from '../database/database.ts'

/** Columns whose values are found without reading all rows: each is the head of an index. */
const scanned = {
  action: { value: 'l.action collate "C"', where: 'true' },
  table: { value: 'l.target_table collate "C"', where: 'l.target_table is not null' },
  login: { value: 'l.login', where: 'true' },
  actor: { value: 'l.actor collate "C"', where: `l.actor not like 'agent:%'` },
} as const

export type Scanned = keyof typeof scanned
export const scannedColumns = Object.keys(scanned) as Scanned[]

/**
 * At most `most` different values of a column that begin with `start`, in their order: one look into the index for
 * each value, however many rows have it (PostgreSQL wiki, "Loose indexscan").
 */
export async function distinctValues(
  database: Database,
  column: Scanned,
  start: string,
  most: number,
): Promise<string[]> {
  const { value, where } = scanned[column]
  const found = (above: string): string =>
    `select ${value} as value from agent_audit_log l
     where ${where} and ${value} like $1 ${above} order by ${value} limit 1`
  const rows = await database.read<{ value: string }>(
    `with recursive v as (
       (${found('')})
       union all
       select (${found(`and ${value} > v.value`)}) from v where v.value is not null
     )
     select value from v where value is not null limit $2`,
    [`${start.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`, most],
  )
  return rows.map((row) => row.value)
}
