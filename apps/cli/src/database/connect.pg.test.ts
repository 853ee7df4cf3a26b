import { rmSync } from 'node:fs'

import { ensureDatabase, urlForDatabase, urlForLogin } from '@holdpoint/db'
import { createTestDatabase, temporaryFolder } from '@holdpoint/db/testing'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { cli } from '../cli.fixture.ts'
import { refuseOld } from './connect.ts'

const { superUrl } = await createTestDatabase()
const login = `cli_test_${process.pid}_${Date.now() % 100_000}`
const data = temporaryFolder()
const weakUrl = urlForLogin(superUrl, login, 'right-password')

async function asSuper(sql: string): Promise<void> {
  const client = new Client({ connectionString: superUrl })
  await client.connect()
  await client.query(sql)
  await client.end()
}

beforeAll(async () => {
  await asSuper(`create role ${login} login password 'right-password'`)
  await ensureDatabase(superUrl, login)
})
afterAll(async () => {
  await asSuper(`drop database ${login} with (force)`)
  await asSuper(`drop role ${login}`)
  rmSync(data, { recursive: true, force: true })
})

describe.each(['migrate', 'start', 'doctor', 'agent add bot'])('%s', (command) => {
  const run = async (url: string) =>
    cli(command.split(' '), { DATABASE_URL: url, HOLDPOINT_PORT: '0', HOLDPOINT_DATA: data })

  it('says that the database cannot be reached', async () => {
    const { code, err } = await run('postgres://u:hunter2@127.0.0.1:1/d')
    expect(code).toBe(3)
    expect(err).toMatch(/Postgres at 127\.0\.0\.1:1\/d cannot be reached \(ECONNREFUSED\)\. \w+/)
    expect(err).toMatch(/Nothing was|No login was made|was not checked/)
    expect(err).not.toContain('hunter2')
  })

  it('says that the password is wrong', async () => {
    const { code, err } = await run(urlForLogin(superUrl, login, 'hunter2'))
    expect(code).toBe(1)
    expect(err).toContain(`does not let "${login}" in: wrong password`)
    expect(err).not.toContain('hunter2')
  })

  it('says that there is no such database', async () => {
    const { code, err } = await run(urlForDatabase(superUrl, 'nowhere'))
    expect(code).toBe(1)
    expect(err).toContain('has no database "nowhere"')
    expect(err).toContain('createdb nowhere')
  })
})

it.each(['migrate', 'start'])('%s says which privileges are missing', async (command) => {
  const { code, err } = await cli([command], {
    DATABASE_URL: urlForDatabase(weakUrl, login),
    HOLDPOINT_PORT: '0',
    HOLDPOINT_DATA: data,
  })
  expect(code).toBe(1)
  expect(err).toContain(`The login ${login} cannot migrate`)
  expect(err).toContain('Nothing was changed')
})

it('a server that is too old is refused by its version', () => {
  const old = { major: 15, text: '15.8' }
  expect(() => refuseOld(old, 'db:5432/d', 'Nothing was started.')).toThrow(
    'Postgres at db:5432/d is version 15.8, and Holdpoint needs 16 or later. Nothing was started.',
  )
})
