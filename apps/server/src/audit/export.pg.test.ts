import type { AuditRow, Scope } from '@holdpoint/protocol'
import { Hono } from 'hono'
import { beforeAll, expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'
import { openDatabase, type Database } from '../database/database.ts'
import type { AccessEnv } from '../http/access.ts'
import { answerError } from '../http/answer-error.ts'
import { auditExportRoute } from './export.ts'

const server = await startTestServer()
const { db } = server
const formulas = ['=1+1', '+1', '-1', '@sum(a)', '\t=1', '\r=1', 'says "no", twice\r\nand more']

beforeAll(async () => {
  await db.trial.query(
    `insert into agent_audit_log (agent_id, action, target_table, data_after)
     select 'clerk', 'file', 'letters', jsonb_build_object('n', n, 'huge', 12345678901234567890123) from generate_series(1, 1203) n`,
  )
  for (const action of formulas) {
    await db.trial.query(
      `insert into agent_audit_log (agent_id, action, credentials, data_before) values ('hostile', $1, $1, to_jsonb($1::text))`,
      [action],
    )
  }
})

const ask = async (query: string) => server.ask(`/api/audit/export?${query}`)

interface File {
  rows: (AuditRow & { dataAfter: { n: number } })[]
  count: number
  complete: boolean
  filter: Record<string, unknown>
}
const file = async (query: string) => (await (await ask(`format=json&${query}`)).json()) as File

/** RFC 4180, as a strict reader reads it. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  let line: string[] = []
  for (let found = cell.exec(text); found !== null; found = cell.exec(text)) {
    line.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === '\r\n') {
      lines.push(line)
      line = []
    }
  }
  expect(line).toEqual([])
  return lines
}

test('a file has exactly the rows of the list, in its order, over many pages', async () => {
  const ids = async (query: string) => (await file(query)).rows.map(({ id }) => id)
  const { rows } = await db.owner.query<{ log_id: string }>(
    `select log_id from agent_audit_log where agent_id = 'clerk' order by seen_at desc, log_id desc`,
  )
  const listed = rows.map(({ log_id: id }) => id)
  expect(await ids('agentId=clerk')).toEqual(listed)
  expect(await ids('agentId=clerk&order=oldest')).toEqual(listed.toReversed())
  expect(await ids('agentId=clerk&action=mail*')).toEqual([])
  expect(await file('table=letters&from=-1h')).toMatchObject({ count: 1203, complete: true })
})

test('says its filter in times that stay, and its rows as the database has them', async () => {
  const answer = await ask('format=json&agentId=clerk&from=-1h')
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="holdpoint-audit-[\dTZ-]+\.json"$/,
  )
  expect(answer.headers.get('cache-control')).toContain('no-store')
  const text = await answer.text()
  expect(text).toContain('"huge": 12345678901234567890123')
  const { filter } = JSON.parse(text) as File
  expect(filter['agentId']).toBe('clerk')
  expect(filter['from']).toMatch(/^\d{4}-.*Z$/)
  expect(filter['to']).toMatch(/Z$/)
})

test('CSV reads back cell by cell; nothing in it is a formula; its last record says that it is whole', async () => {
  const answer = await ask('format=csv&agentId=hostile&order=oldest')
  expect(answer.headers.get('content-type')).toContain('text/csv')
  const [head = [], ...lines] = parseCsv(await answer.text())
  const end = lines.pop() ?? []
  expect(end.slice(0, 2)).toEqual(['# complete', `${formulas.length} rows`])
  expect(new Set([head, end, ...lines].map(({ length }) => length)).size).toBe(1)
  const column = (name: string) => lines.map((cells) => cells[head.indexOf(name)] ?? '')
  expect(column('action').map((cell) => cell.replace(/^'/, ''))).toEqual(formulas)
  expect(column('data_before').map((cell) => JSON.parse(cell) as unknown)).toEqual(formulas)
  for (const cell of lines.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/)
  expect(column('late')).toEqual(formulas.map(() => 'false'))
})

test('a page of long rows is cut short, and none is lost', async () => {
  await db.trial.query(
    `insert into agent_audit_log (agent_id, action, data_after)
     select 'long', 'fill', jsonb_build_object('n', n, 'text', repeat('x', 200000)) from generate_series(1, 40) n`,
  )
  const { rows, count } = await file('agentId=long')
  expect(count).toBe(40)
  expect(new Set(rows.map(({ dataAfter }) => dataAfter.n)).size).toBe(40)
})

test('without a session or with nonsense nothing is sent', async () => {
  const path = '/api/audit/export?format=json'
  expect((await fetch(server.url + path)).status).toBe(401)
  for (const query of [
    '',
    'format=xml',
    'format=csv&from=yesterday',
    'format=csv&late=maybe',
    'format=csv&runId=7',
  ]) {
    expect({ query, status: (await ask(query)).status }).toEqual({ query, status: 400 })
  }
  expect((await server.ask(path, { method: 'HEAD' })).status).toBe(200)
})

/** The route alone, with a caller and a database of the test's choice. */
function routeFor(scopes: readonly Scope[], database: Database, stillSignedIn = () => true) {
  const app = new Hono<AccessEnv>()
  app.onError(answerError(() => undefined))
  app.use(async (c, next) => {
    c.set('caller', { actor: 'operator:guest', person: 'operator:guest', scopes })
    c.set('stillSignedIn', stillSignedIn)
    return next()
  })
  return app.route(
    '/',
    auditExportRoute(
      () => database,
      () => undefined,
    ),
  )
}

test('someone without the scope to look gets no file', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  const answer = await routeFor(['control'], database).request('/export?format=xml')
  expect(answer.status).toBe(403)
  await database.close()
})

test('a file that broke off cannot be taken for a whole one, and makes room for the next', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  let asked = 0
  const breaking: Database = {
    ...database,
    read: async <Row>(sql: string, params?: readonly unknown[]): Promise<Row[]> => {
      asked += 1
      if (asked % 3 === 0) throw new Error('the database went away')
      return database.read<Row>(sql, params)
    },
  }
  const route = routeFor(['read'], breaking)
  for (let n = 0; n < 5; n++) {
    asked = 0
    const answer = await route.request('/export?format=json&agentId=clerk')
    expect(answer.status).toBe(200)
    const reader = answer.body?.getReader()
    const got = new TextDecoder().decode((await reader?.read())?.value as Uint8Array | undefined)
    expect(got).toContain('"rows":[')
    expect(() => JSON.parse(got) as unknown).toThrow()
    await expect(reader?.read()).rejects.toThrow()
  }
  await database.close()
})

test('signing out ends a file, and so does whoever stops taking it', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  let signedIn = true
  const route = routeFor(['read'], database, () => signedIn)
  const stopped = await route.request('/export?format=csv&agentId=clerk')
  await stopped.body?.cancel()
  const answer = await route.request('/export?format=csv&agentId=clerk')
  const reader = answer.body?.getReader()
  await reader?.read()
  signedIn = false
  await expect(reader?.read()).rejects.toThrow('signed out')
  await database.close()
})

test('no more than three files are written at a time', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  const route = routeFor(['read'], database)
  const open = async () => route.request('/export?format=csv')
  const three = [await open(), await open(), await open()]
  expect((await open()).status).toBe(503)
  for (const answer of three) await answer.body?.cancel()
  expect((await open()).status).toBe(200)
  await database.close()
})

test('nor when they are asked for at the same time; what was refused or only looked at takes no place', async () => {
  const database = openDatabase(db.serverUrl, () => undefined)
  const route = routeFor(['read'], database)
  const path = '/export?format=csv'
  for (let n = 0; n < 4; n += 1) {
    expect((await route.request(path, { method: 'HEAD' })).status).toBe(200)
    expect((await route.request(`${path}&from=0000-01-01T00:00:00Z`)).status).toBe(400)
  }
  const asked = Array.from({ length: 12 }, async () => route.request(path))
  const answers = await Promise.all(asked)
  const written = answers.filter(({ status }) => status === 200)
  expect([written.length, answers.filter(({ status }) => status === 503).length]).toEqual([3, 9])
  for (const answer of written) await answer.body?.cancel()
  await database.close()
})
