import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'
import { describe, expect, test } from 'vitest'

import { DataFolderError, DataFolderInUseError, PortTakenError, StartFailedError } from './index.ts'
import { freshFolder, isRoot, listenSomewhere, query, start } from './launcher.fixture.ts'

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8)

describe('the first start', () => {
  test('makes a durable cluster that only its user can read', async () => {
    const dataDir = freshFolder()
    const server = await start(dataDir)
    const settings = await query<{ name: string; setting: string }>(
      server.superUrl,
      `select name, setting from pg_settings where name in
        ('fsync', 'synchronous_commit', 'wal_level', 'data_checksums', 'listen_addresses', 'server_encoding')`,
    )
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      wal_level: 'logical',
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
    })
    expect(mode(join(dataDir, 'postgres'))).toBe('700')
    expect(mode(join(dataDir, 'postgres', 'data'))).toBe('700')
    expect(mode(join(dataDir, 'postgres', 'sockets'))).toBe('700')
    expect(mode(join(dataDir, 'superuser-password'))).toBe('600')
    expect(mode(server.logFile)).toBe('600')
    expect(existsSync(join(dataDir, 'postgres', 'initial-password'))).toBe(false)
  })

  test('is repeated from the beginning when it was interrupted', async () => {
    const dataDir = freshFolder()
    const half = join(dataDir, 'postgres', 'data.new')
    mkdirSync(half, { recursive: true, mode: 0o700 })
    writeFileSync(join(half, 'PG_VERSION'), 'torn')
    if (isRoot) chownSync(join(dataDir, 'postgres'), 65_534, 65_534)
    const server = await start(dataDir)
    expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test.runIf(isRoot)('by root runs the server as an unprivileged user', async () => {
    const dataDir = freshFolder()
    const server = await start(dataDir)
    const owner = lstatSync(`/proc/${server.pid}`).uid
    expect(owner).not.toBe(0)
    expect(lstatSync(join(dataDir, 'postgres', 'data')).uid).toBe(owner)
    // What the server's user must not be able to replace stays root's.
    expect(lstatSync(server.logFile).uid).toBe(0)
    expect(lstatSync(join(dataDir, 'superuser-password')).uid).toBe(0)
  })

  test.runIf(isRoot)('by root runs as the owner of a folder that is there', async () => {
    const dataDir = freshFolder()
    mkdirSync(join(dataDir, 'postgres'), { mode: 0o700 })
    const daemon = Number(execFileSync('id', ['-u', 'daemon'], { encoding: 'utf8' }))
    chownSync(join(dataDir, 'postgres'), daemon, daemon)
    const server = await start(dataDir)
    expect(lstatSync(`/proc/${server.pid}`).uid).toBe(daemon)
  })

  test.runIf(isRoot)('says which folder is closed to the user of the server', async () => {
    const dataDir = freshFolder()
    chmodSync(dataDir, 0o700)
    await expect(start(dataDir)).rejects.toThrow(/cannot reach .*chmod o\+x/)
  })
})

describe('who may connect', () => {
  test('a wrong password is refused, over TCP and over the socket', async () => {
    const dataDir = freshFolder()
    const server = await start(dataDir)
    const url = new URL(server.superUrl)
    url.password = 'wrong'
    await expect(query(url.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' })
    const socket = { host: join(dataDir, 'postgres', 'sockets'), port: server.port }
    const client = new Client({
      ...socket,
      user: 'holdpoint_super',
      password: 'wrong',
      database: 'postgres',
    })
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
  })

  test('every rule of pg_hba.conf asks for SCRAM', async () => {
    const server = await start(freshFolder())
    const rules = await query<{ auth_method: string }>(
      server.superUrl,
      'select distinct auth_method from pg_hba_file_rules',
    )
    expect(rules).toEqual([{ auth_method: 'scram-sha-256' }])
  })

  test('nothing but the loopback address is listened on', async () => {
    const server = await start(freshFolder())
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === 'IPv4' && !address.internal)
      .map((address) => address.address)
    for (const host of ['127.0.0.2', ...others]) {
      const url = new URL(server.superUrl)
      url.hostname = host
      await expect(query(url.toString(), 'select 1')).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      })
    }
  })
})

describe('what is in the way', () => {
  test('a taken port is named together with the setting that changes it', async () => {
    const { listener, port } = await listenSomewhere()
    try {
      const failure = start(freshFolder(), { port })
      await expect(failure).rejects.toThrow(PortTakenError)
      await expect(failure).rejects.toThrow('HOLDPOINT_PG_PORT')
    } finally {
      listener.close()
    }
  })

  test('a second Holdpoint on the same folder is refused, and the first goes on', async () => {
    const dataDir = freshFolder()
    const first = await start(dataDir)
    await expect(start(dataDir)).rejects.toThrow(DataFolderInUseError)
    await expect(start(dataDir)).rejects.toThrow(`process ${process.pid}`)
    expect(await query(first.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a setting that the server refuses is shown from its log', async () => {
    const failure = start(freshFolder(), {
      settings: { shared_preload_libraries: 'no_such_library' },
    })
    await expect(failure).rejects.toThrow(StartFailedError)
    await expect(failure).rejects.toThrow(/could not access file "no_such_library"/)
  })

  test('a failed start leaves the folder free for the next', async () => {
    const dataDir = freshFolder()
    await expect(start(dataDir, { settings: { shared_buffers: 'lots' } })).rejects.toThrow('lots')
    const server = await start(dataDir)
    expect(await query(server.superUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a cluster of another major version is left alone', async () => {
    const dataDir = freshFolder()
    await (await start(dataDir)).stop()
    const file = join(dataDir, 'postgres', 'data', 'PG_VERSION')
    writeFileSync(file, '12\n')
    const failure = start(dataDir)
    await expect(failure).rejects.toThrow(DataFolderError)
    await expect(failure).rejects.toThrow('made by Postgres 12')
    expect(readFileSync(file, 'utf8')).toBe('12\n')
  })

  test('a cluster without its password file is left alone', async () => {
    const dataDir = freshFolder()
    await (await start(dataDir)).stop()
    rmSync(join(dataDir, 'superuser-password'))
    await expect(start(dataDir)).rejects.toThrow(/password file .* is missing/)
  })
})
