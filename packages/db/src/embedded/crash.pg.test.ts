import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Client } from 'pg'
import { describe, expect, test } from 'vitest'

import {
  freshFolder,
  isRoot,
  leaveBehind,
  listenSomewhere,
  query,
  start,
} from './launcher.fixture.ts'

describe('after a crash', () => {
  test('a server left by a killed parent is adopted with its sessions', async () => {
    const dataDir = freshFolder()
    const pid = await leaveBehind(dataDir)
    const server = await start(dataDir)
    expect(server).toMatchObject({ adopted: true, pid })
    expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
    await expect(query(server.superUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a server left on another port than the one asked for is moved there', async () => {
    const dataDir = freshFolder()
    const pid = await leaveBehind(dataDir)
    const { listener, port } = await listenSomewhere()
    listener.close()
    await once(listener, 'close')
    const server = await start(dataDir, { port })
    expect(server).toMatchObject({ adopted: false, port })
    expect(server.pid).not.toBe(pid)
  })

  test('the death of the server is told, and starting it again loses no committed row', async () => {
    const server = await start(freshFolder())
    await query(server.superUrl, 'create table kept (n int primary key)')
    const exits: number[] = []
    server.onExit((exit) => exits.push(exit.pid))
    const died = new Promise<void>((resolve) => server.onExit(() => resolve()))

    const client = new Client({ connectionString: server.superUrl })
    client.on('error', () => undefined)
    await client.connect()
    const killed = server.pid
    let acknowledged = 0
    await expect(
      (async () => {
        for (;;) {
          await client.query('insert into kept values ($1)', [acknowledged + 1])
          acknowledged += 1
          if (acknowledged === 200) process.kill(killed, 'SIGKILL')
        }
      })(),
    ).rejects.toThrow()
    await died
    await Promise.all([server.ensureRunning(), server.ensureRunning()])

    expect(exits).toEqual([killed])
    expect(server.pid).not.toBe(killed)
    const [row] = await query<{ kept: string }>(
      server.superUrl,
      `select count(*) as kept from kept where n <= ${acknowledged}`,
    )
    expect(Number(row?.kept)).toBe(acknowledged)
    await server.ensureRunning()
  })

  test('an adopted server that dies is told of and started again too', async () => {
    const dataDir = freshFolder()
    const pid = await leaveBehind(dataDir)
    const server = await start(dataDir)
    const died = new Promise<number>((resolve) => server.onExit((exit) => resolve(exit.pid)))
    process.kill(pid, 'SIGKILL')
    expect(await died).toBe(pid)
    await server.ensureRunning()
    expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a pid file that now names a stranger does not stop the start, nor the stranger', async () => {
    const dataDir = freshFolder()
    const first = await start(dataDir)
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    await first.stop()
    const stranger = spawn('sleep', ['60'], {
      cwd: '/',
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
    })
    writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'))
    const server = await start(dataDir)
    expect(server.adopted).toBe(false)
    expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode).toBe(null)
    expect(stranger.signalCode).toBe(null)
    stranger.kill('SIGKILL')
  })
})

test('right after its death, before anyone was told, the server is started again', async () => {
  const server = await start(freshFolder())
  process.kill(server.pid, 'SIGKILL')
  await server.ensureRunning()
  expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a server that recovers from the death of one of its sessions is waited for', async () => {
  const server = await start(freshFolder())
  const client = new Client({ connectionString: server.superUrl })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = server.pid
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
  await expect(client.query('select 1')).rejects.toThrow()
  await server.ensureRunning()
  expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(server.pid).toBe(postmaster)
})

describe('stopping', () => {
  test('ends the server for good, and may be asked for twice', async () => {
    const dataDir = freshFolder()
    const server = await start(dataDir)
    const exits: unknown[] = []
    server.onExit((exit) => exits.push(exit))
    await Promise.all([server.stop(), server.stop()])
    await expect(query(server.superUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(server.ensureRunning()).rejects.toThrow('has been stopped')
    expect(exits).toEqual([])
    expect(existsSync(join(dataDir, 'holdpoint.lock'))).toBe(false)
  })

  test('does not wait for open sessions', async () => {
    const server = await start(freshFolder())
    const client = new Client({ connectionString: server.superUrl })
    client.on('error', () => undefined)
    await client.connect()
    const waiting = client.query('select pg_sleep(600)')
    await Promise.all([expect(waiting).rejects.toThrow(), server.stop()])
  })
})
