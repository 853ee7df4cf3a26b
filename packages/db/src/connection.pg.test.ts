import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

import { afterAll, expect, test } from 'vitest'

import { createPool } from './connection.ts'
import { createTestDatabase } from './testing/index.ts'

const db = await createTestDatabase()
const pool = createPool({
  url: db.serverUrl,
  applicationName: 'holdpoint test',
  statementTimeoutMs: 200,
  lockTimeoutMs: 100,
})
afterAll(async () => pool.end())

test('numbers are numbers and positions are text', async () => {
  const { rows } = await pool.query(
    `select 9007199254740991::int8 as int8, array[1, 2]::int8[] as list, 0.123456::numeric(14, 6) as cost,
            '7'::xid8 as xid, '1:9:3,4'::pg_snapshot as snapshot, '{"a": [1]}'::jsonb as json`,
  )
  expect(rows).toEqual([
    {
      int8: 9_007_199_254_740_991,
      list: [1, 2],
      cost: 0.123456,
      xid: '7',
      snapshot: '1:9:3,4',
      json: { a: [1] },
    },
  ])
})

test('a count that a number cannot hold exactly is an error and not another count', async () => {
  await expect(pool.query('select 9007199254740993::int8')).rejects.toThrow(RangeError)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a statement that takes too long is ended', async () => {
  await expect(pool.query('select pg_sleep(600)')).rejects.toMatchObject({ code: '57014' })
})

test('a statement that waits too long for a lock is ended', async () => {
  const blocker = await db.owner.connect()
  try {
    await blocker.query('begin; lock table tasks in access exclusive mode')
    await expect(pool.query('select from tasks')).rejects.toMatchObject({ code: '55P03' })
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
})

test('sessions carry the name that an operator looks for', async () => {
  const { rows } = await pool.query(`select current_setting('application_name') as name`)
  expect(rows).toEqual([{ name: 'holdpoint test' }])
})

test('a broken idle connection is told of and replaced', async () => {
  const errors: Error[] = []
  const fragile = createPool({
    url: db.serverUrl,
    applicationName: 'fragile',
    statementTimeoutMs: 0,
    max: 1,
    onIdleError: (error) => errors.push(error),
  })
  try {
    const { rows } = await fragile.query<{ pid: number }>('select pg_backend_pid() as pid')
    const client = await db.owner.connect()
    await client.query('reset role')
    await client.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    client.release(true)
    await expect.poll(() => errors.length).toBe(1)
    expect((await fragile.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  } finally {
    await fragile.end()
  }
})

test('a question to which no answer comes is given up, and its connection replaced', async () => {
  const target = new URL(db.serverUrl)
  const sockets = new Set<Socket>()
  let mute = false
  const line = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined))
    client.pipe(upstream)
    upstream.on('data', (data) => mute || client.write(data))
  }).listen(0, '127.0.0.1')
  await once(line, 'listening')
  const through = new URL(db.serverUrl)
  through.port = String((line.address() as AddressInfo).port)
  const cut = createPool({
    url: through.href,
    applicationName: 'cut',
    statementTimeoutMs: 100,
    max: 1,
  })
  try {
    await cut.query('select')
    mute = true
    await expect(cut.query('select')).rejects.toThrow('Query read timeout')
    mute = false
    expect((await cut.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  } finally {
    await cut.end()
    for (const socket of sockets) socket.destroy()
    line.close()
  }
})
