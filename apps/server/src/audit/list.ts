import type { AuditAbout, AuditRow, Page } from '@holdpoint/protocol'

import { decodeCursor, pageOf } from '../database/keyset.ts'
import { cursor, limit, query } from '../trpc/procedure.ts'
import { auditFilter, auditOrder } from './filter.ts'
import { readPage } from './read-page.ts'
import { aboutJson, auditJson } from './row.ts'

/** A row of a list: what is long is left out, and read with `audit.get`. */
export type AuditLine = AuditRow & { readonly dataLeftOut: boolean; readonly about: AuditAbout }

/** A page of long rows would be 200 MB. Compressed values are not unpacked only to be left out. */
const long = (data: string): string =>
  `(pg_column_size(${data}) > 8192 or octet_length(${data}::text) > 16384)`
const leftOut = `coalesce(${long('l.data_before')}, false) or coalesce(${long('l.data_after')}, false)`
const line = `jsonb_build_object('about', ${aboutJson}) || case when ${leftOut} then ${auditJson('null::jsonb', 'null::jsonb')} || '{"dataLeftOut": true}'
  else ${auditJson()} || '{"dataLeftOut": false}' end`

/** The log that operators and agents share, by the database's clock. */
export const list = query
  .input(
    auditFilter
      .extend({ order: auditOrder.default('newest'), cursor, limit: limit(200, 50) })
      .prefault({}),
  )
  .query(async ({ ctx, input }): Promise<Page<AuditLine>> => {
    const { order, cursor: from, limit: most, ...filter } = input
    const after = from ? decodeCursor(from) : null
    const question = { filter, order, after, limit: most + 1 }
    return pageOf(await readPage<AuditLine>(ctx.database, question, line), most)
  })
