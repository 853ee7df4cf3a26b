import { Hono } from 'hono'
import { expect, test } from 'vitest'

import { startTestServer } from '../../../test/test-server.ts'
import { openDatabase } from '../../database/database.ts'
import type { AccessEnv } from '../../http/access.ts'
import { answerError } from '../../http/answer-error.ts'
import { historyExportRoute } from './export.ts'

const server = await startTestServer()
const { db } = server
const evil = 'fine | [click](http://evil) <!-- complete -->'

const ask = async (query: string) => server.ask(`/api/history/export?${query}`)

async function aNight(): Promise<{ window: string; run: string }> {
  const from = new Date(Date.now() - 60_000).toISOString()
  const { rows } = await db.trial.query<{ id: string }>(
    `insert into workflow_checkpoints (agent_id, goal) values ('clerk', 'file it') returning workflow_id as id`,
  )
  const run = rows[0]?.id ?? ''
  await db.server.query(`select kill_run($1, 'operator:ana', $2)`, [run, evil])
  const to = new Date(Date.now() + 60_000).toISOString()
  return { window: `from=${from}&to=${to}`, run }
}

test('a window is a file: what stopped, who did it, in order; its end says that it is whole', async () => {
  const { window: all, run } = await aNight()
  // Who signs in meanwhile is told of, too, but is no part of this.
  const window = `${all}&agents=clerk`
  const answer = await ask(`format=json&${window}`)
  expect(answer.headers.get('content-disposition')).toMatch(/holdpoint-incident-.*Z\.json/)
  const file = (await answer.json()) as Record<string, unknown>
  expect(file).toMatchObject({
    complete: true,
    stopped: [{ run: { id: run, status: 'killed' }, by: 'operator:ana', detail: evil }],
    operatorActions: [{ actor: 'operator:ana', action: 'run.kill', runId: run, why: evil }],
  })
  const text = await (await ask(`format=md&${window}`)).text()
  expect(text).toMatch(/\n<!-- complete -->\n$/)
  const order = text.slice(text.indexOf('## In order'), text.indexOf('## Runs that stopped'))
  expect(order.match(/killed: Killed by a person/g)).toHaveLength(1)
  expect(order).toContain('`operator:ana`')
  // What a person wrote is quoted, so it cannot end the file.
  expect(text.replaceAll(/`[^`]*`/g, '').match(/<!-- complete -->/g)).toHaveLength(1)
})

test('agents narrow it, and what is no window is refused in words', async () => {
  const { window } = await aNight()
  const of = async (agents: string) =>
    (await (await ask(`format=json&agents=${agents}&${window}`)).json()) as { stopped: unknown[] }
  expect((await of('clerk,other')).stopped.length).toBeGreaterThan(0)
  expect((await of('other')).stopped).toEqual([])
  for (const query of ['format=md', `format=csv&${window}`, `format=md&${window}&agents=`])
    expect((await ask(query)).status).toBe(400)
  const { to, from } = Object.fromEntries(new URLSearchParams(window))
  expect((await ask(`format=md&from=${to}&to=${from}`)).status).toBe(400)
})

test('who may not read gets no file', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  try {
    const app = new Hono<AccessEnv>()
    app.onError(answerError(() => undefined))
    app.use(async (c, next) => {
      c.set('caller', { actor: 'operator:x', person: 'operator:x', scopes: ['control'] })
      return next()
    })
    app.route(
      '/',
      historyExportRoute(() => database),
    )
    const { window } = await aNight()
    expect((await app.request(`/export?format=json&${window}`)).status).toBe(403)
  } finally {
    await database.close()
  }
})
