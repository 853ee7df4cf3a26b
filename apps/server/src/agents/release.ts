import type { Agent } from '@holdpoint/protocol'
import { z } from 'zod'

import { must } from '../database/must.ts'
import { agentId, reason, verb } from '../trpc/procedure.ts'
import { readAgents } from './queries.ts'

/** Lets an isolated agent back in; other holds of its runs stay. */
export const release = verb('isolate')
  .input(z.object({ agentId, reason }))
  .mutation(async ({ ctx, input }): Promise<Agent> => {
    await ctx.database.verb('select release_agent($1, $2, $3)', [
      input.agentId,
      ctx.caller.actor,
      input.reason,
    ])
    const [agent] = await readAgents(ctx.database, input.agentId)
    return must(agent, 'the released agent')
  })
