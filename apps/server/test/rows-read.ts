import type { Client } from 'pg'

import type { Database } from '../src/database/database.ts'

interface Node {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

/** Rows of a table that a plan has looked at, whatever became of them. */
function lookedAt(node: Node, table: string): number {
  const own =
    node['Relation Name'] === table
      ? (node['Actual Rows'] +
          (node['Rows Removed by Filter'] ?? 0) +
          (node['Rows Removed by Index Recheck'] ?? 0)) *
        node['Actual Loops']
      : 0
  return (node.Plans ?? []).reduce((sum, each) => sum + lookedAt(each, table), own)
}

/** A database that counts how many rows of a table each question looks at; it asks on one connection of its own. */
export function countingRows(
  database: Database,
  client: Client,
  table: string,
): { readonly watched: Database; readonly read: () => number } {
  let read = 0
  return {
    // A plan has means over its loops, in hundredths.
    read: () => Math.floor(read),
    watched: {
      ...database,
      read: async <Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> => {
        const { rows: plans } = await client.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
          `explain (analyze, timing off, format json) ${sql}`,
          [...params],
        )
        for (const { Plan } of plans[0]?.['QUERY PLAN'] ?? []) read += lookedAt(Plan, table)
        return (await client.query(sql, [...params])).rows as Row[]
      },
    },
  }
}
