import type { PersonRow } from '@holdpoint/protocol'

import { adminQuery } from '../trpc/procedure.ts'
import { isOpen } from './open-session.ts'

/** Everyone who may, or might, come in: enabled first, then by name. */
export const list = adminQuery.query(async ({ ctx }): Promise<PersonRow[]> =>
  ctx.database.read<PersonRow>(
    `select o.name, o.email, o.roles, o.agents, o.disabled_at as "disabledAt", o.disabled_by as "disabledBy",
         o.added_at as "addedAt", o.added_by as "addedBy",
         (select p.set_at from operator_passwords p where p.operator = o.name) as "passwordSetAt",
         (select max(s.last_seen_at) from operator_sessions s where s.operator = o.name) as "lastSeenAt",
         (select count(*)::integer from operator_sessions s where s.operator = o.name
           and ${isOpen('s')}) as sessions
       from operators o order by o.disabled_at is not null, o.name limit 1000`,
  ),
)
