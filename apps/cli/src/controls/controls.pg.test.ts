import { randomUUID } from 'node:crypto'

import type { BulkPlan, BulkResult } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { serve } from './server.fixture.ts'

const { db, run, startRun, stop } = await serve()

const statusOf = async (id: string): Promise<string> => {
  const { rows } = await db.owner.query<{ status: string }>(
    'select status from workflow_checkpoints where workflow_id = $1',
    [id],
  )
  return rows[0]?.status ?? ''
}

test('a dry run lists exactly what would change and why the rest would not, and changes nothing', async () => {
  const agent = 'dry'
  const [first, paused] = [await startRun({ agent_id: agent }), await startRun({ agent_id: agent })]
  await run(['pause', paused, '--reason', 'look'])
  const ended = await startRun({ agent_id: agent })
  await run(['kill', ended, '--reason', 'r'])
  const { code, out } = await run(['pause', '--agent', agent, '--dry-run'])
  expect(code).toBe(0)
  expect(out).toMatch(new RegExp(`To be paused, 1:\\n.*\\n +${first.slice(0, 8)}`))
  expect(out).toMatch(
    new RegExp(`Not to be changed, 1:\\n +${paused.slice(0, 8)} +dry: An operator paused it`),
  )
  expect(await statusOf(first)).toBe('running')
  const plan = JSON.parse(
    (await run(['pause', '--agent', agent, '--dry-run', '--json'])).out,
  ) as BulkPlan
  expect(plan.will.map((each) => each.run.id)).toEqual([first])
})

test('it asks before it acts, and only yes is yes', async () => {
  const id = await startRun({ agent_id: 'asked' })
  const pause = ['pause', '--agent', 'asked', '--reason', 'r']
  for (const answer of ['', 'y', 'no']) {
    const { code, err } = await run(pause, answer)
    expect({ answer, code, err }).toEqual({ answer, code: 1, err: 'holdpoint: Nothing was done.' })
  }
  const unasked = await run(pause)
  expect(unasked.code).toBe(2)
  expect(unasked.err).toContain('--yes')
  expect(await statusOf(id)).toBe('running')
  const { code, out } = await run(pause, 'yes')
  expect(code).toBe(0)
  expect(out).toContain('Type yes to pause this run:')
  expect(out).toContain(`${id} of asked is paused.\n1 of 1 paused.`)
  expect(await statusOf(id)).toBe('paused')
})

test('a kill by filter names what it takes along, and tells each run', async () => {
  const top = await startRun({ agent_id: 'family' })
  const child = await startRun({ agent_id: 'other', parent_id: top })
  const apart = await startRun({ agent_id: 'other' })
  const { code, out } = await run(['kill', '--agent', 'family', '--reason', 'enough', '--yes'])
  expect(code).toBe(0)
  expect(out).toMatch(new RegExp(`Below them, killed with them, 1:\\n.*\\n +${child.slice(0, 8)}`))
  expect(out).toContain(`${child} of other is killed.\n2 of 2 killed.`)
  expect([await statusOf(top), await statusOf(child), await statusOf(apart)]).toEqual([
    'killed',
    'killed',
    'running',
  ])
})

test('filters are joined, and JSON carries a result for each run', async () => {
  const lost = await startRun({ agent_id: 'joined', skill: 'mail' })
  await startRun({ agent_id: 'joined', skill: 'sms' })
  await startRun({ agent_id: 'elsewhere', skill: 'mail' })
  const chosen = ['--agent', 'joined,nobody', '--skill', 'mail', '--state', 'running']
  const { code, out } = await run(['pause', ...chosen, '--reason', 'r', '--yes', '--json'])
  expect(code).toBe(0)
  const results = JSON.parse(out) as BulkResult[]
  expect(results).toMatchObject([{ id: lost, outcome: 'done', run: { status: 'paused' } }])
  const listed = await run(['runs', '--agent', 'joined', '--stopped-by', 'user-paused'])
  expect(listed.out.split('\n')).toHaveLength(2)
  const again = await run(['pause', ...chosen, '--reason', 'r', '--yes'])
  expect(again).toMatchObject({ code: 0, out: 'No such runs. Nothing was done.' })
  const none = await run([
    'pause',
    '--agent',
    'joined',
    '--skill',
    'mail',
    '--reason',
    'r',
    '--yes',
  ])
  expect(none.code).toBe(1)
  expect(none.err).toContain('None of them would change')
})

test('exactly the listed runs are changed, and one that ended meanwhile is told as refused', async () => {
  const ended = await startRun({ agent_id: 'race' })
  const stays = await startRun({ agent_id: 'race' })
  let late = ''
  const { code, out } = await run(['pause', '--agent', 'race', '--reason', 'r'], async () => {
    await run(['kill', ended, '--reason', 'r'])
    late = await startRun({ agent_id: 'race' })
    return 'yes'
  })
  expect(code).toBe(1)
  expect(out).toMatch(new RegExp(`${ended} of race was refused: Run .* is killed`))
  expect(out).toContain('1 of 2 paused.')
  expect([await statusOf(stays), await statusOf(late)]).toEqual(['paused', 'running'])
})

test('a limit is raised, and a run that was held for its budget goes on', async () => {
  const id = await startRun({ agent_id: 'spender', limit_tokens: 10, limit_steps: 50 })
  await db.trial.query('update workflow_checkpoints set tokens_in = 10 where workflow_id = $1', [
    id,
  ])
  expect(await statusOf(id)).toBe('paused')
  const raised = await run([
    'limits',
    id.slice(0, 8),
    '--tokens',
    '20',
    '--steps',
    'none',
    '--cost',
    '1.5',
  ])
  expect(raised).toMatchObject({
    code: 0,
    out: `${id} of spender is running. Limits: tokens 20, cost 1.5.`,
  })
  const lower = await run(['limits', id, '--tokens', '19'])
  expect(lower.code).toBe(1)
  expect(lower.err).toContain('is less than the limit now')
})

test('an unknown outcome is settled by its run or by its own id', async () => {
  for (const byRun of [true, false]) {
    const { id, action } = await unknownAction()
    const named = byRun ? id.slice(0, 8) : action
    const settled = await run([
      'settle',
      named,
      'landed',
      '--reason',
      'seen',
      '--response',
      '{"n": 1}',
    ])
    expect(settled.err).toBe('')
    expect(settled.out).toBe(`Action ${action} landed; run ${id} of bot is running.`)
    const again = await run(['settle', action, 'not-landed', '--reason', 'r'])
    expect(again.code).toBe(1)
  }
  const nothing = await run(['settle', (await startRun()).slice(0, 13), 'landed', '--reason', 'r'])
  expect(nothing.err).toContain('has no action whose outcome is unknown')
  const missing = await run(['settle', randomUUID(), 'landed', '--reason', 'r'])
  expect(missing.err).toContain('is neither an action nor a run')
})

async function unknownAction(): Promise<{ id: string; action: string }> {
  const id = randomUUID()
  const { trial } = db
  await trial.query('select start_run($1)', [
    JSON.stringify({ runId: id, agentId: 'bot', worker: 'w' }),
  ])
  const call = JSON.stringify({ tool: 'pay', digest: '0'.repeat(64), key: 'k' })
  const begin = async () =>
    trial.query<{ answer: { actionId: string } }>('select begin_action($1, 1, $2) as answer', [
      id,
      call,
    ])
  const action = (await begin()).rows[0]?.answer.actionId ?? ''
  await trial.query(`select end_action($1, 1, $2, '{"state": "unknown"}')`, [id, action])
  await begin()
  return { id, action }
}

test('loops are listed with what is wrong with them', async () => {
  const none = await run(['loops'])
  expect(none.out).toBe('No agent has declared a loop.')
  for (const spec of [
    { name: 'nightly', cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
    { name: 'tickets', event: 'ticket.opened', expectMs: 60_000 },
  ]) {
    await db.trial.query('select declare_loop($1)', [JSON.stringify({ agentId: 'bot', ...spec })])
  }
  await db.owner.query(
    `update loops set trouble = 'nobody knows' where name = 'nightly';
     update loops set declared_at = declared_at - interval '9 minutes', overdue_since = declared_at - interval '8 minutes'
       where name = 'tickets'`,
  )
  const { out } = await run(['loops'])
  expect(out).toMatch(/bot +tickets +on ticket\.opened .* overdue for 8m\n/)
  expect(out).toMatch(/bot +nightly +0 3 \* \* \* Europe\/Berlin .* cannot be foretold\n/)
  expect(out).toContain('nightly of bot: nobody knows')
  expect(JSON.parse((await run(['loops', '--json'])).out)).toHaveLength(2)
})

test('without the server nothing is said to be done', async () => {
  await startRun({ agent_id: 'late' })
  await stop()
  const { code, out, err } = await run(['kill', '--agent', 'late', '--reason', 'r', '--yes'])
  expect(code).toBe(3)
  expect(out).toBe('')
  expect(err).toContain('Nothing was done.')
})
