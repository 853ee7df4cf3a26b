import type { ActionAttempt, ActionId, StepAttempt } from '@holdpoint/protocol'
import { z } from 'zod'

import { problem } from '../database/problem.ts'
import { id, query } from '../trpc/procedure.ts'
import { stepKey } from './steps.ts'

/** The earlier attempts that one answer names; of more, the latest. */
const most = 100

const actionHead = `'attempt', t.attempt, 'epoch', t.epoch, 'state', t.state, 'error', t.error,
  'errorClass', t.error_class, 'externalRef', t.external_ref, 'intendedAt', t.intended_at, 'endedAt', t.ended_at`
const stepHead = `'attempt', t.attempt, 'epoch', t.epoch, 'state', t.state, 'error', t.error,
  'startedAt', t.started_at, 'endedAt', t.ended_at`

const ofAction = 'from action_attempts t where t.action_id = $1'
const ofStep = 'from step_attempts t where t.workflow_id = $1 and t.name = $2 and t.occurrence = $3'

const action = z.object({ actionId: id<ActionId>() })

export interface Earlier {
  /** Oldest first; one of these two is empty. What each answered is read by `runs.attempt`. */
  readonly actions: readonly Omit<ActionAttempt, 'response' | 'late'>[]
  readonly steps: readonly Omit<StepAttempt, 'input' | 'result'>[]
}

/** What an action or a step came to before it was tried again. */
export const attempts = query
  .input(z.union([action, stepKey]))
  .query(async ({ ctx, input }): Promise<Earlier> => {
    const rows = async <Row>(head: string, from: string, params: unknown[]) =>
      (
        await ctx.database.read<{ row: Row }>(
          `select jsonb_build_object(${head}) as row ${from} order by t.attempt desc limit ${most}`,
          params,
        )
      )
        .map(({ row }) => row)
        .toReversed()
    return 'actionId' in input
      ? { actions: await rows(actionHead, ofAction, [input.actionId]), steps: [] }
      : {
          actions: [],
          steps: await rows(stepHead, ofStep, [input.id, input.step, input.occurrence]),
        }
  })

const attemptNumber = { attempt: z.number().int().min(1) }

/** One earlier attempt with its payloads: `request` of an action is that of the action. */
export const attempt = query
  .input(z.union([action.extend(attemptNumber), stepKey.extend(attemptNumber)]))
  .query(
    async ({ ctx, input }): Promise<{ action: ActionAttempt | null; step: StepAttempt | null }> => {
      const one = async <Row>(json: string, from: string, params: unknown[]): Promise<Row> => {
        const [found] = await ctx.database.read<{ row: Row }>(
          `select jsonb_build_object(${json}) as row ${from} and t.attempt = $${params.length + 1}`,
          [...params, input.attempt],
        )
        if (found === undefined) throw problem('NOT_FOUND', 'There is no such earlier attempt.')
        return found.row
      }
      return 'actionId' in input
        ? {
            action: await one(`${actionHead}, 'response', t.response, 'late', t.late`, ofAction, [
              input.actionId,
            ]),
            step: null,
          }
        : {
            action: null,
            step: await one(`${stepHead}, 'input', t.input, 'result', t.result`, ofStep, [
              input.id,
              input.step,
              input.occurrence,
            ]),
          }
    },
  )
