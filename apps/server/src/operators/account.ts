import { query } from '../trpc/procedure.ts'

/** Of whoever asks: when their password was set, or null. */
export const account = query.query(async ({ ctx }): Promise<{ passwordSetAt: string | null }> => {
  const [row] = await ctx.database.read<{ at: Date }>(
    `select set_at as at from operator_passwords where 'operator:' || operator = $1`,
    [ctx.caller.actor],
  )
  return { passwordSetAt: row?.at.toISOString() ?? null }
})
