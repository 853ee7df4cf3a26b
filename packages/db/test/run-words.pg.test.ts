import { describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import * as operators from './support/operators.ts'
import { one, outcomeOf } from './support/refusal.ts'

// The words of runs that have ended are there in the transaction of their end: what is not there, no search finds.
const db = await openContract()

interface Kept {
  words: string
  agent_id: string
  skill: string | null
  status: string
  stop_reason: string | null
}

const keptOf = async (run: string): Promise<Kept | undefined> =>
  (
    await db.admin.query<Kept>(
      'select words, agent_id, skill, status, stop_reason from run_words where workflow_id = $1',
      [run],
    )
  ).rows[0]

const start = async (goal: string | null, status = 'running'): Promise<string> =>
  one<{ id: string }>(
    db.alpha,
    `insert into workflow_checkpoints (agent_id, goal, skill, current_step, status)
     values ('alpha', $1, 'Paying', 'Step 1', $2) returning workflow_id as id`,
    [goal, status],
  ).then(({ id }) => id)

describe('the words of a run', () => {
  test('are not kept while it is at work, whatever it does', async () => {
    const run = await start('Pay')
    await agents.writeStep(db.alpha, run, 'step 2')
    await operators.pause(db.server, run)
    expect(await keptOf(run)).toBeUndefined()
  })

  test('are kept as they were at its end', async () => {
    const run = await start('Pay ÄPFEL')
    await db.alpha.query(`update workflow_checkpoints set goal = $2 where workflow_id = $1`, [
      run,
      'Pay BIRNEN',
    ])
    await agents.setStatus(db.alpha, run, 'complete')
    expect(await keptOf(run)).toEqual({
      words: 'alpha paying pay birnen step 1',
      agent_id: 'alpha',
      skill: 'Paying',
      status: 'complete',
      stop_reason: null,
    })
  })

  test('are kept however it ends, and with why', async () => {
    const [killed, failed, parent] = [await start('a'), await start('b'), await start('c')]
    const child = await agents.startPlain(db.alpha, { parent })
    await operators.kill(db.server, killed)
    await agents.setStatus(db.alpha, failed, 'failed')
    await operators.kill(db.server, parent)
    expect(await keptOf(killed)).toMatchObject({ status: 'killed', stop_reason: 'USER_KILLED' })
    expect((await keptOf(killed))?.words).toContain('enough')
    expect(await keptOf(failed)).toMatchObject({ status: 'failed' })
    expect(await keptOf(child)).toMatchObject({ status: 'killed' })
  })

  test('are kept of one that was written as ended, and of one that says nothing', async () => {
    expect(await keptOf(await start('at once', 'complete'))).toMatchObject({ status: 'complete' })
    const run = await agents.startPlain(db.alpha)
    await agents.setStatus(db.alpha, run, 'complete')
    expect(await keptOf(run)).toMatchObject({ words: 'alpha step_1' })
  })

  test('follow what is put right after the end by hand', async () => {
    const run = await start('wrong')
    await agents.setStatus(db.alpha, run, 'complete')
    const client = await db.admin.connect()
    await client.query('alter table workflow_checkpoints disable trigger guard_run_update')
    await client.query(`update workflow_checkpoints set goal = 'right' where workflow_id = $1`, [
      run,
    ])
    await client.query('alter table workflow_checkpoints enable trigger guard_run_update')
    client.release()
    expect((await keptOf(run))?.words).toContain('right')
  })

  test('are gone with a transaction that was rolled back', async () => {
    const run = await start('taken back')
    const client = await db.alpha.connect()
    await client.query('begin')
    await client.query(
      `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
      [run],
    )
    await client.query('rollback')
    client.release()
    expect(await keptOf(run)).toBeUndefined()
  })
})

describe('what is kept of them', () => {
  test('is read by no agent and written by nobody', async () => {
    expect(await outcomeOf(db.alpha.query('select from run_words'))).toBe('42501')
    expect(await outcomeOf(db.server.query('delete from run_words'))).toBe('42501')
    expect(await outcomeOf(db.server.query(`update run_words set words = ''`))).toBe('42501')
    expect(await outcomeOf(db.owner.query('delete from run_words'))).toBe('HP009')
    expect(await outcomeOf(db.owner.query('truncate run_words'))).toBe('HP009')
  })

  test('is found by its index, whatever signs a word is of', async () => {
    const signs = [`it's`, String.raw`c:\tmp`, '"q"', ':*', '&|!', '(a)', '日本語', '€', 'x']
    for (const word of signs) {
      const run = await start(`before ${word}.after`, 'complete')
      const { rows } = await db.server.query<{ id: string }>(
        `select w.workflow_id as id from run_words w
         where word_keys(w.span, w.words, word_tags(w.agent_id, w.skill, w.status, w.stop_reason))
           @@ word_query(w.span, array[lower($1), 'fore'], '[["agent=alpha", "agent=beta"], ["status=complete"]]')`,
        [word],
      )
      expect({ word, ids: rows.map(({ id }) => id) }).toEqual({
        word,
        ids: expect.arrayContaining([run]) as string[],
      })
    }
  })
})
