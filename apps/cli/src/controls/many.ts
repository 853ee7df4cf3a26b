import {
  type BulkPlan,
  type BulkResult,
  bulkLimits,
  finalStatuses,
  type Run,
  type RunId,
  runStates,
  type RunVerb,
} from '@holdpoint/protocol'

import type { Context } from '../command.ts'
import { messageOf } from '../error-words.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { RefusedError, type ServerApi } from '../server-api.ts'
import { listRuns, type RunFilter } from './filter.ts'
import { planLines } from './plan-lines.ts'
import { oneLine, stateOf } from './run-table.ts'

export interface Orders {
  readonly verb: RunVerb
  readonly reason: string
  readonly dryRun: boolean
  /** Acts without asking. */
  readonly yes: boolean
  readonly json: boolean
}

/** Unless said otherwise: runs that ended cannot change, and an agent may have very many. */
const living = runStates.filter((state) => !finalStatuses.some((ended) => ended === state))

/** Runs that fit a filter now. @throws CliFailure when they are more than one plan may name */
export async function chosenBy(api: ServerApi, filter: RunFilter): Promise<string[]> {
  const { runs, more } = await listRuns(
    api,
    { states: living, ...filter, sort: 'created' },
    bulkLimits.plan,
  )
  if (more) {
    throw new CliFailure(
      1,
      `More than ${bulkLimits.plan} runs fit. Nothing was done: choose fewer at a time.`,
    )
  }
  return runs.map(({ id }) => id)
}

/** Shows exactly which runs will change, asks, and then acts on exactly those. @returns the exit code */
export async function controlMany(
  api: ServerApi,
  ids: readonly string[],
  orders: Orders,
  { out, ask }: Pick<Context, 'out' | 'ask'>,
): Promise<number> {
  const { verb, reason } = orders
  if (ids.length === 0) {
    out(orders.json ? '[]' : 'No such runs. Nothing was done.')
    return 0
  }
  const plan = await api.ask<BulkPlan>('runs.plan', { verb, ids })
  if (orders.json && orders.dryRun) out(JSON.stringify(plan, null, 2))
  else if (!orders.json) for (const line of planLines(plan, Date.now())) out(line)
  if (orders.dryRun) return 0
  if (plan.cut) throw cutFailure
  if (plan.will.length === 0)
    throw new CliFailure(1, 'None of them would change. Nothing was done.')
  if (!orders.yes) await confirm(plan, ask)
  const frozen = plan.will.map(({ run }) => run)
  const results = await actOn(api, verb, frozen, reason)
  if (orders.json) out(JSON.stringify(results, null, 2))
  else for (const line of resultLines(verb, frozen, results)) out(line)
  return exitCodeOf(results)
}

/** What is not listed is not killed: nobody has seen it. */
const cutFailure = new CliFailure(
  1,
  'More runs stand below these than one plan can list. Nothing was done: narrow the filter, or kill them one at a time by id.',
)

function exitCodeOf(results: readonly BulkResult[]): number {
  const codes = results.flatMap((each) => (each.outcome === 'done' ? [] : [each.code]))
  if (codes.includes('UNAVAILABLE')) return 3
  return codes.length === 0 ? 0 : 1
}

async function confirm({ verb, will }: BulkPlan, ask: Context['ask']): Promise<void> {
  const these = will.length === 1 ? 'this run' : `these ${will.length} runs`
  const answer = await ask(`\nType yes to ${verb} ${these}: `)
  if (answer === undefined) {
    throw usageFailure('Nobody is there to be asked. Nothing was done: give --yes, or --dry-run.')
  }
  if (answer.trim().toLowerCase() !== 'yes') throw new CliFailure(1, 'Nothing was done.')
}

/** In parts. What is told once the server stops answering holds for the parts before. */
async function actOn(
  api: ServerApi,
  verb: RunVerb,
  runs: readonly Run[],
  reason: string,
): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  while (results.length < runs.length) {
    const ids = runs.slice(results.length, results.length + bulkLimits.act).map(({ id }) => id)
    try {
      const part = await api.mutate<{ results: BulkResult[] }>('runs.bulk', { verb, ids, reason })
      results.push(...part.results)
    } catch (error) {
      const left = runs.slice(results.length).map(({ id }) => id)
      results.push(...left.map((id, at) => unanswered(id, at < ids.length, error)))
    }
  }
  return results
}

function unanswered(id: RunId, sent: boolean, error: unknown): BulkResult {
  const body = error instanceof RefusedError ? error.body : undefined
  // The request as a whole was refused before anything was done.
  if (body !== undefined && body.code !== 'UNAVAILABLE' && body.code !== 'INTERNAL')
    return { id, outcome: 'refused', code: body.code, message: body.message }
  const message = sent
    ? `What became of it is not known. ${messageOf(error)}`
    : 'Not tried, because the server did not answer for the runs before it.'
  return { id, outcome: 'refused', code: 'UNAVAILABLE', message }
}

function resultLines(
  verb: RunVerb,
  runs: readonly Run[],
  results: readonly BulkResult[],
): string[] {
  const agents = new Map(runs.map(({ id, agentId }) => [id, agentId]))
  const lines = results.map((each) => {
    const name = `${each.id} of ${oneLine(agents.get(each.id) ?? '-')}`
    return each.outcome === 'done'
      ? `${name} is ${stateOf(each.run)}.`
      : `${name} was refused: ${each.message}`
  })
  const done = results.filter(({ outcome }) => outcome === 'done').length
  return [...lines, `${done} of ${results.length} ${verb === 'kill' ? 'killed' : `${verb}d`}.`]
}
