import { onExpiries, type PolicySpec } from '@holdpoint/protocol'
import { z } from 'zod'

const actor = z.string().trim().min(1).max(200)
const text = (most: number) => z.string().trim().min(1).max(most).nullish()

/** A policy's words; the database holds them to the same bounds, and to those that need more than one of them. */
export const policySpec = z.strictObject({
  name: z.string().trim().min(1).max(100),
  agentId: text(200),
  skill: text(200),
  tool: text(200),
  gate: z.boolean().optional(),
  autoApprove: text(500),
  quorum: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(100),
        count: z.number().int().min(1).max(10),
        members: z.array(actor).min(1).max(100).optional(),
      }),
    )
    .min(1)
    .max(5)
    .nullish(),
  fourEyes: z.boolean().optional(),
  expiresAfterS: z.number().int().min(1).max(31_536_000).nullish(),
  onExpiry: z.enum(onExpiries).optional(),
  escalation: z
    .array(
      z.strictObject({
        to: z.array(actor).min(1).max(20),
        afterS: z.number().int().min(1).max(9_999_999),
      }),
    )
    .min(1)
    .max(5)
    .nullish(),
  checkInHours: z.number().positive().max(8760).nullish(),
  checkInSteps: z.number().int().min(1).max(2_147_483_647).nullish(),
}) satisfies z.ZodType<PolicySpec>
