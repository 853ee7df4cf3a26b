import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  clearedByResume,
  errorCodes,
  type HoldKind,
  holdKinds,
  stopReasonFacts,
  transitions,
} from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import { mutations } from './mutations/mutations.ts'
import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { outcomeOf } from './support/refusal.ts'

// What docs/ says of the contract is what the code does.
const db = await openContract()
const docs = join(import.meta.dirname, '../../../docs')
const contract = readFileSync(join(docs, 'sql-contract.md'), 'utf8')
const enforcement = readFileSync(join(docs, 'enforcement.md'), 'utf8')

/** The rows of every table in `text` whose header starts with these columns; code marks taken off. */
function table(text: string, ...header: string[]): string[][] {
  const found: string[][] = []
  let inside = false
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim())
      : []
    if (cells.length === 0) inside = false
    else if (header.every((name, n) => cells[n] === name)) inside = true
    else if (inside && !/^-+$/.test(cells[0] ?? ''))
      found.push(cells.map((cell) => cell.replaceAll('`', '')))
  }
  expect(found.length, header.join()).toBeGreaterThan(0)
  return found
}

describe('docs/sql-contract.md', () => {
  test('has the edges of the state machine', () => {
    expect(table(contract, 'from', 'to', 'taken by')).toEqual(transitions.map((edge) => [...edge]))
  })

  test('has the holds by rank, and what resume clears', () => {
    const rows = table(contract, 'rank', 'kind')
    expect(rows.map(([rank, kind]) => [rank, kind])).toEqual(
      holdKinds.map((kind, n) => [String(n + 1), kind]),
    )
    for (const [, kind = '', , , cleared = ''] of rows) {
      expect([kind, cleared.includes('resume')]).toEqual([kind, clearedByResume[kind as HoldKind]])
    }
  })

  test('has the stop reasons as people are shown them', () => {
    expect(table(contract, 'reason', 'category')).toEqual(
      Object.entries(stopReasonFacts).map(([reason, { category, resumable, nextMove }]) => [
        reason,
        category,
        resumable ? 'yes' : 'no',
        nextMove,
      ]),
    )
  })

  test('has every SQLSTATE', () => {
    expect(table(contract, 'state', 'code')).toEqual(
      Object.entries(errorCodes).flatMap(([code, { sqlState, meaning }]) =>
        sqlState === null ? [] : [[sqlState, code, meaning]],
      ),
    )
  })

  test('has every function that agents and the server may call, with its parameters', async () => {
    const { rows } = await db.admin.query<{ name: string }>(
      `select p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as name from pg_proc p
        where p.pronamespace = current_schema()::regnamespace
          and (has_function_privilege('agent_worker', p.oid, 'execute')
            or has_function_privilege('holdpoint_server', p.oid, 'execute'))`,
    )
    const names = rows.map(({ name }) =>
      name
        .replaceAll(/DEFAULT NULL::[a-z [\]]+?(?=[,)])/g, 'default null')
        .replaceAll(/(DEFAULT '[^']*')::[a-z ]+\[\]/g, '$1')
        .replaceAll('timestamp with time zone', 'timestamptz')
        .replaceAll('DEFAULT', 'default'),
    )
    const documented = table(contract, 'function', 'what it does').map(([name]) => name)
    expect(new Set(documented)).toEqual(new Set(names))
  })

  test('has every code with which the gate denies', async () => {
    const { rows } = await db.admin.query<{ source: string }>(
      `select string_agg(prosrc, ' ') as source from pg_proc
        where proname in ('begin_action', 'refusal', 'gate_refusal', 'answer_from_earlier', 'answer_of_people', 'answer_of_policy', 'refuse_drift')`,
    )
    const denials = [...(rows[0]?.source ?? '').matchAll(/(?:'code', |denied\()'(\w+)'/g)].map(
      (match) => match[1],
    )
    const documented = table(contract, 'decision', 'code').filter(
      ([decision]) => decision === 'deny',
    )
    expect(new Set(documented.map(([, code]) => code))).toEqual(new Set(denials))
  })
})

describe('docs/enforcement.md', () => {
  const named = table(enforcement, 'agent', 'what holds').flatMap(([agent, , , tests = '']) =>
    tests.split('<br>').map((each) => [agent, ...each.split(' › ')] as const),
  )

  test('has a cell for both kinds of agents and every control', () => {
    expect(enforcement.match(/^### /gm)?.length).toBe(
      table(enforcement, 'agent', 'what holds').length / 2,
    )
  })

  test.each(named)('%s: %s has the test "%s"', (_, file, name) => {
    const path = join(import.meta.dirname, file ?? '')
    expect(existsSync(path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(name)
  })

  test('has every mutation with the test that catches it', () => {
    expect(table(enforcement, 'invariant', 'taken out')).toEqual(
      mutations.map(({ invariant, name, file, test }) => [
        String(invariant),
        name,
        file,
        test.replaceAll(' > ', ' › '),
      ]),
    )
  })
})

test('a plain-SQL run is never said to have quiesced; an SDK run without a worker is at once', async () => {
  const plain = await agents.startPlain(db.alpha)
  expect((await operators.kill(db.server, plain)).control?.quiescedAt).toBeNull()
  for (const stage of ['delivered', 'acknowledged', 'quiesced']) {
    const said = db.alpha.query('select control_ack($1, 0, $2)', [plain, stage])
    expect(await outcomeOf(said)).toBe('HP003')
  }
  const run = await agents.startRun(db.alpha)
  await operators.loseWorker(db.owner, db.server, run)
  expect((await operators.kill(db.server, run)).control?.quiescedAt).not.toBeNull()
})
