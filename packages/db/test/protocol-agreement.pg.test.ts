import {
  actionStates,
  type AuditAct,
  auditActs,
  clearedByResume,
  errorCodes,
  eventKinds,
  finalStatuses,
  gateActs,
  type HoldKind,
  holdKinds,
  noticeClassNames,
  type Run,
  runState,
  runStatuses,
  stopReasons,
  transitions,
  usedUp,
} from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readFunctions } from '../src/migrate/function-files.ts'
import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { one } from './support/refusal.ts'

// The database and packages/protocol say the same things twice; here they are held against each other.
const db = await openContract()

const sql = (await readFunctions()).files
  .map((file) => file.sql.replaceAll(/^\s*--.*$/gm, ''))
  .join('\n')

const quoted = (pattern: RegExp): Set<string> =>
  new Set([...sql.matchAll(pattern)].map((match) => match[1] ?? ''))

async function allowedBy(constraint: string): Promise<string[]> {
  const { definition } = await one<{ definition: string }>(
    db.admin,
    'select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1',
    [constraint],
  )
  return [...definition.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '').toSorted()
}

test('the state machine is one', async () => {
  const { rows } = await db.admin.query<{ edge: string }>(
    `select from_status || ' ' || to_status || ' ' || taken_by as edge from run_transitions`,
  )
  const edges = transitions.map((edge) => edge.join(' '))
  expect(rows.map(({ edge }) => edge).toSorted()).toEqual(edges.toSorted())
})

test('so are the words for statuses, hold kinds and action states', async () => {
  expect(await allowedBy('run_status_known')).toEqual([...runStatuses].toSorted())
  expect(await allowedBy('run_holds_kind_check')).toEqual([...holdKinds].toSorted())
  expect(await allowedBy('actions_state_check')).toEqual([...actionStates].toSorted())
})

test('and which statuses are final', async () => {
  const { rows } = await db.admin.query<{ status: string }>(
    'select status from unnest($1::text[]) status where is_final(status)',
    [runStatuses],
  )
  expect(rows.map(({ status }) => status)).toEqual([...finalStatuses])
})

test('the rank of holds is the order in which protocol lists them', async () => {
  const { rows } = await db.admin.query<{ kind: string }>(
    'select kind from unnest($1::text[]) kind order by hold_rank(kind)',
    [holdKinds.toSorted()],
  )
  expect(rows.map(({ kind }) => kind)).toEqual([...holdKinds])
})

test('every SQLSTATE of ours that is raised has its code, and every code is raised', () => {
  const known = Object.values(errorCodes).flatMap(({ sqlState }) =>
    sqlState?.startsWith('HP') === true ? [sqlState as string] : [],
  )
  expect([...quoted(/'(HP\d{3})'/g)].toSorted()).toEqual(known.toSorted())
})

test('every stop reason in the SQL is one of ours', () => {
  // Not one: the form of a partition's name.
  const words = [...quoted(/'([A-Z]+(?:_[A-Z]+)+)'/g)].filter((word) => word !== 'YYYY_MM')
  expect(words).toContain('WORKER_LOST')
  for (const word of words) if (!(word in errorCodes)) expect(stopReasons).toContain(word)
})

/** Words with a dot, as events, rows of the log and what channels are told have them. */
const dotted = [...quoted(/'([a-z_]+\.[a-z_]+) ?'/g)]

/** What becomes the name of an act once an answer is put behind `approval.`. */
const answered: readonly AuditAct[] = [
  'approval.approved',
  'approval.rejected',
  'approval.voted',
  'approval.delegated',
  'approval.escalated',
]

test('every event kind, act and notice in the SQL is one of ours', () => {
  // Not done, but asked about beforehand: who may answer a request.
  const known = [...eventKinds, ...auditActs, ...gateActs, ...noticeClassNames, 'approval.answer']
  expect(dotted.length).toBeGreaterThan(80)
  expect(dotted.filter((word) => !known.includes(word))).toEqual([])
})

test('and every act of ours is in the SQL', () => {
  const acts = [...auditActs, ...gateActs].filter((act) => !answered.some((each) => each === act))
  expect(acts.filter((act) => !dotted.includes(act))).toEqual([])
})

test('what Postgres says of a run has the keys that the interface Run has', async () => {
  const keys: Record<keyof Run, true> = {
    id: true,
    agentId: true,
    parentId: true,
    rootId: true,
    goal: true,
    skill: true,
    skillVersion: true,
    loop: true,
    labels: true,
    engine: true,
    worker: true,
    status: true,
    statusSince: true,
    heldBy: true,
    stopReason: true,
    stopDetail: true,
    asks: true,
    step: true,
    stepSince: true,
    steps: true,
    tool: true,
    toolTarget: true,
    toolSince: true,
    waitingOn: true,
    spend: true,
    limits: true,
    drift: true,
    control: true,
    epoch: true,
    seq: true,
    lastEvent: true,
    createdAt: true,
  }
  const run = await agents.startRun(db.alpha)
  const state = await operators.pause(db.server, run)
  expect(Object.keys(state).toSorted()).toEqual(Object.keys(keys).toSorted())
  expect(Object.keys(state.spend).toSorted()).toEqual(['costUsd', 'tokensIn', 'tokensOut'])
  expect(Object.keys(state.limits).toSorted()).toEqual(['costUsd', 'deadline', 'steps', 'tokens'])
  expect(Object.keys(state.lastEvent).toSorted()).toEqual(['actor', 'at', 'kind'])
  const stages = ['acknowledgedAt', 'by', 'deliveredAt', 'quiescedAt', 'requestedAt', 'verb', 'why']
  expect(Object.keys(state.control ?? {}).toSorted()).toEqual(stages)
  for (const at of [state.createdAt, state.statusSince, state.lastEvent.at]) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00$/)
  }
})

test('both say the same of what is used up', async () => {
  const amount = fc.nat({ max: 3 })
  const limit = fc.option(amount, { nil: null })
  const run = fc.record({
    spend: fc.record({ tokensIn: amount, tokensOut: amount, costUsd: amount }),
    steps: amount,
    limits: fc.record({ tokens: limit, costUsd: limit, steps: limit, deadline: fc.constant(null) }),
  })
  const property = fc.asyncProperty(run, async (given) => {
    const { spend, steps, limits } = given
    const { why } = await one<{ why: string | null }>(
      db.admin,
      `select steps_used_up(jsonb_populate_record(null::workflow_checkpoints, $1)) as why`,
      [
        {
          tokens_in: spend.tokensIn,
          tokens_out: spend.tokensOut,
          cost_usd: spend.costUsd,
          steps,
          limit_steps: limits.steps,
          limit_tokens: limits.tokens,
          limit_cost_usd: limits.costUsd,
        },
      ],
    )
    expect(why !== null).toBe(usedUp(given).length > 0)
  })
  await fc.assert(property, { numRuns: 200 })
})

test('and of what a person is shown of a run', async () => {
  const run = fc.record({
    status: fc.constantFrom(...runStatuses),
    stopReason: fc.constantFrom(null, ...stopReasons),
    waitingOn: fc.constantFrom(null, { kind: 'job', what: null, until: null }),
  })
  const property = fc.asyncProperty(run, async (given) => {
    const { state } = await one<{ state: string }>(
      db.admin,
      `select shown_state(jsonb_populate_record(null::workflow_checkpoints, $1)) as state`,
      [{ status: given.status, stop_reason: given.stopReason, waiting_on: given.waitingOn }],
    )
    expect(state).toBe(runState(given))
  })
  await fc.assert(property, { numRuns: 300 })
})

describe('resume clears what protocol says it clears', () => {
  test.each(holdKinds)('%s', async (kind: HoldKind) => {
    const run = await agents.startPlain(db.alpha)
    const approval = kind === 'approval' ? await agents.requestApproval(db.alpha, run) : null
    if (approval === null) {
      await db.owner.query(
        `insert into run_holds (workflow_id, kind, stop_reason, opened_by) values ($1, $2, 'STALLED', 'holdpoint')`,
        [run, kind],
      )
      await db.owner.query(`select settle_run($1, '{"actor": "holdpoint"}')`, [run])
    }
    // A second reason that resume does clear, so that it has something to do.
    await operators.pause(db.server, run).catch(() => undefined)
    const { heldBy } = await operators.resume(db.server, run)
    expect(heldBy).toEqual(clearedByResume[kind] ? [] : [kind])
  })
})
