import type { SavedView } from '@holdpoint/protocol'

import { query } from '../trpc/procedure.ts'

/** Every saved filter of the fleet, by name. */
export const list = query.query(async ({ ctx }): Promise<readonly SavedView[]> => {
  const rows = await ctx.database.read<{ view: SavedView }>(
    `select jsonb_build_object('name', v.name, 'search', v.search, 'madeBy', v.made_by, 'madeAt', v.made_at) as view
     from saved_views v order by lower(v.name), v.name limit 1000`,
  )
  return rows.map(({ view }) => view)
})
