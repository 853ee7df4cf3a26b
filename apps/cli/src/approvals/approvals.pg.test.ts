import { randomUUID } from 'node:crypto'

import type { Approval } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { serve } from '../controls/server.fixture.ts'

const { db, run, startRun, stop } = await serve()

/** A request of the agent. */
async function ask(runId: string, columns: Record<string, unknown> = {}): Promise<string> {
  const row = { workflow_id: runId, requested_by: 'bot', ...columns }
  const names = Object.keys(row)
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into approval_queue (${names.join(', ')})
     values (${names.map((_, n) => `$${n + 1}`).join(', ')}) returning approval_id as id`,
    Object.values(row),
  )
  return rows[0]?.id ?? ''
}

const refund = {
  tool: 'payments.refund',
  target: 'order 4711',
  arguments: { eur: 129.9, note: 'twice\u202e' },
  agent_reason: 'paid\u001b[31m twice',
  risk: 'high',
  reversible: false,
}

const statusOf = async (id: string): Promise<string> => {
  const { rows } = await db.owner.query<{ status: string }>(
    'select status from workflow_checkpoints where workflow_id = $1',
    [id],
  )
  return rows[0]?.status ?? ''
}

test('open requests are listed, the longest waiting first, and settled ones are not', async () => {
  expect((await run(['approvals'])).out).toBe('Nothing waits for a decision.')
  const [one, two] = [await startRun({ agent_id: 'payer' }), await startRun()]
  const first = await ask(one, {
    ...refund,
    expires_at: new Date(Date.now() + 7_200_000).toISOString(),
  })
  const second = await ask(two)
  const { code, out } = await run(['approvals'])
  expect(code).toBe(0)
  const [head, ...rows] = out.split('\n')
  expect(head).toMatch(/^APPROVAL +RUN +AGENT +TOOL +TARGET +ASKED +DEADLINE +REASON$/)
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatch(
    new RegExp(
      `^${first.slice(0, 8)}  ${one.slice(0, 8)}  payer  payments\\.refund  order 4711  \\d+s ago  in 1h +paid \\[31m twice$`,
    ),
  )
  expect(rows[1]).toContain(second.slice(0, 8))
  await run(['reject', second, '--reason', 'r', '--yes'])
  const listed = JSON.parse((await run(['approvals', '--json'])).out) as Approval[]
  expect(listed.map(({ id }) => id)).toEqual([first])
  await run(['reject', first, '--reason', 'r', '--yes'])
})

test('what will run is shown before it asks, and nothing happens without a yes', async () => {
  const id = await startRun()
  const approval = await ask(id, refund)
  for (const answer of ['', 'y', 'no']) {
    const { code, err } = await run(['approve', approval, '--reason', 'r'], answer)
    expect({ answer, code, err }).toEqual({ answer, code: 1, err: 'holdpoint: Nothing was done.' })
  }
  const unasked = await run(['approve', approval, '--reason', 'r'])
  expect(unasked.code).toBe(2)
  expect(unasked.err).toContain('--yes')
  expect(await statusOf(id)).toBe('paused')
  let shown = 0
  const { code, out } = await run(['approve', approval.slice(0, 8), '--reason', 'r'], async () => {
    shown += 1
    expect(await statusOf(id)).toBe('paused')
    return 'yes'
  })
  expect({ code, shown }).toEqual({ code: 0, shown: 1 })
  for (const part of [
    'payments.refund',
    'order 4711',
    '"eur": 129.9',
    String.raw`"note": "twice\u202e"`,
    'paid [31m twice',
    'high, cannot be undone',
  ])
    expect(out).toContain(part)
  // oxlint-disable-next-line no-control-regex
  expect(out).not.toMatch(/[\u001b\u202e]/)
  expect(out).toContain('Type yes to approve this:')
  expect(out).toContain(`Approval ${approval} is approved; run ${id} of bot is `)
  expect(await statusOf(id)).toBe('approved')
})

test('a request in plain SQL is shown with what its run recorded', async () => {
  const id = await startRun({ current_step: 'publish', step_input: '{"version":"1.4"}' })
  await ask(id)
  const { out } = await run(['reject', id, '--reason', 'not today', '--yes'])
  expect(out).toContain('names no tool')
  expect(out).toContain('stands at publish')
  expect(out).toContain('"version": "1.4"')
  const { rows } = await db.owner.query(
    'select decision, decision_reason, decided_by from approval_queue where workflow_id = $1',
    [id],
  )
  expect(rows).toMatchObject([{ decision: 'rejected', decision_reason: 'not today' }])
})

test('a run stands for its request where it waits for one alone', async () => {
  const id = await startRun()
  const [first, second] = [await ask(id, refund), await ask(id, refund)]
  const both = await run(['approve', id.slice(0, 13), '--reason', 'r', '--yes'])
  expect(both.code).toBe(1)
  expect(both.err).toContain('fits 2 approvals')
  for (const each of [first, second]) expect(both.err).toContain(each)
  expect((await run(['approve', first, '--reason', 'r', '--yes'])).code).toBe(0)
  const { code, out } = await run(['approve', id.slice(0, 13), '--reason', 'r', '--yes'])
  expect(code).toBe(0)
  expect(out).toContain(`Approval ${second} is approved`)
})

test('who comes second is told who was first, also between the question and the answer', async () => {
  const approval = await ask(await startRun(), refund)
  const raced = await run(['approve', approval, '--reason', 'r'], async () => {
    await run(['reject', approval, '--reason', 'no', '--yes'])
    return 'yes'
  })
  const words = new RegExp(
    `^holdpoint: Approval ${approval} was rejected by token:cli at \\d\\d:\\d\\d:\\d\\dZ: nothing was done\\.$`,
  )
  expect(raced.code).toBe(1)
  expect(raced.err).toMatch(words)
  for (const named of [approval, approval.slice(0, 8)]) {
    const again = await run(['approve', named, '--reason', 'r'])
    expect(again.code).toBe(1)
    expect(again.out).toBe('')
    expect(again.err).toMatch(words)
  }
})

test('what closed without a decision, and what is nowhere, is said to be so', async () => {
  const id = await startRun()
  const approval = await ask(id, refund)
  await run(['kill', id, '--reason', 'r'])
  const closed = await run(['approve', approval, '--reason', 'r', '--yes'])
  expect(closed).toMatchObject({
    code: 1,
    err: `holdpoint: Approval ${approval} closed without a decision (the run was killed): nothing was done.`,
  })
  for (const named of [randomUUID(), 'ffffff', await startRun()]) {
    expect(await run(['approve', named, '--reason', 'r', '--yes'])).toMatchObject({
      code: 1,
      out: '',
      err: `holdpoint: ${named} is neither an approval nor a run that waits for one. Nothing was done: see holdpoint approvals.`,
    })
  }
})

test('other arguments are approved where they keep to the schema; where several people are asked, a machine is none', async () => {
  const id = await startRun()
  const approval = await ask(id, {
    ...refund,
    arguments_schema: { properties: { eur: { maximum: 100 } } },
  })
  const edit = async (args: string) =>
    run(['approve', approval, '--reason', 'r', '--yes', '--arguments', args])
  expect(await edit('{eur')).toMatchObject({ code: 2 })
  const tooMuch = await edit('{"eur": 101}')
  expect(tooMuch).toMatchObject({ code: 1 })
  expect(tooMuch.err).toContain('#/eur')
  expect((await edit('{"eur": 60}')).code).toBe(0)
  const { rows } = await db.owner.query(
    'select arguments, original_arguments, edited_by from approval_queue where approval_id = $1',
    [approval],
  )
  expect(rows).toMatchObject([
    { arguments: { eur: 60 }, original_arguments: refund.arguments, edited_by: 'token:cli' },
  ])

  await db.owner.query(`select save_policy(null, 'operator:root', $1)`, [
    { name: 'wires', tool: 'wire', quorum: [{ name: 'finance', count: 2 }] },
  ])
  const two = await ask(await startRun(), { tool: 'wire', arguments: {} })
  // The machine's own token is nobody's: where several people are asked, it is none of them.
  const { code, err } = await run(['approve', two, '--reason', 'r', '--yes'])
  expect(code).toBe(1)
  expect(err).toContain("token:cli is nobody's")
})

test('an output is answered with its grade, and not without', async () => {
  const output = await ask(await startRun(), {
    kind: 'output',
    tool: 'report',
    arguments: '"fine"',
  })
  const answer = async (...more: string[]) =>
    run(['approve', output, '--reason', 'r', '--yes', ...more])
  const bare = await answer()
  expect(bare).toMatchObject({ code: 2 })
  expect(bare.out).toContain('return an output, which is graded')
  expect(bare.err).toContain('--grade')
  for (const grade of ['', 'good', '1.1', '-1']) {
    expect(await answer(`--grade=${grade}`)).toMatchObject({ code: 2 })
  }
  expect((await answer('--grade', '0.5')).code).toBe(0)
  const { rows } = await db.owner.query(
    'select grade, verdict, graded_by from grades where approval_id = $1',
    [output],
  )
  expect(rows).toEqual([{ grade: { score: 0.5 }, verdict: 'approved', graded_by: 'token:cli' }])
})

test('without the server the SQL that does the same is printed, and does it', async () => {
  const id = await startRun()
  const approval = await ask(id, refund)
  await stop()
  const { code, err } = await run(['approve', approval.slice(0, 8), '--reason', "it's fine"])
  expect(code).toBe(3)
  expect(err).toContain('Nothing was done.')
  const [, , look = '', decide = ''] = err.split('\n')
  const shown = await db.owner.query(look)
  expect(shown.rows).toMatchObject([{ approval_id: approval, tool: 'payments.refund' }])
  await db.owner.query(decide)
  expect(await statusOf(id)).toBe('approved')
})
