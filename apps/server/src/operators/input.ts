import { personName, roles } from '@holdpoint/protocol'
import { z } from 'zod'

import { agentId } from '../trpc/procedure.ts'

/** A name as the log writes it. */
export const person = z
  .string()
  .regex(personName, 'a name is 1 to 100 of a-z 0-9 . _ @ + - and begins with a letter or digit')

/** Whose runs someone may command; null is every agent's. */
export const agents = z.array(agentId).min(1).max(500).nullable()

export const rights = z.object({
  name: person,
  roles: z.array(z.enum(roles)).min(1).max(4),
  agents: agents.default(null),
  email: z.email('not an e-mail address').max(320).nullable().default(null),
})
