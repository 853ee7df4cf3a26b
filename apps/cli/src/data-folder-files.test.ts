import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import {
  connectionPath,
  readConnection,
  removeConnection,
  writeConnection,
} from './connection-file.ts'
import { openSecrets } from './secrets.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'holdpoint-cli-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const connection = {
  pid: process.pid,
  consoleUrl: 'http://127.0.0.1:1',
  signInUrl: 'http://127.0.0.1:1/sign-in?token=t',
  agentUrl: 'postgres://a@h/d',
  apiToken: 't',
}

describe('connection.json', () => {
  it('is read as it was written, by its owner alone, with nothing left beside it', () => {
    const data = folder()
    writeConnection(data, connection)
    expect(readConnection(data)).toEqual(connection)
    expect(statSync(connectionPath(data)).mode & 0o777).toBe(0o600)
    expect(readdirSync(data)).toEqual(['connection.json'])
    removeConnection(data)
    expect(readConnection(data)).toBeUndefined()
    removeConnection(data)
  })

  it('that says too little is refused', () => {
    const data = folder()
    writeFileSync(connectionPath(data), '{"pid":1}')
    expect(() => readConnection(data)).toThrow('damaged')
  })

  it('cannot be written where there is no folder', () => {
    expect(() => writeConnection(join(folder(), 'gone'), connection)).toThrow('HOLDPOINT_DATA')
  })
})

describe('secrets', () => {
  it('are the same after a restart', () => {
    const data = folder()
    const first = openSecrets(data, {})
    const password = first.passwordOf('agent_bot')
    const second = openSecrets(data, {})
    expect(second.passwordOf('agent_bot')).toBe(password)
    expect(second.passwordOf('agent_other')).not.toBe(password)
    expect(second.apiToken).toEqual(first.apiToken)
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('can be shared by replicas through the environment, which is never written down', () => {
    const data = folder()
    const shared = openSecrets(data, { HOLDPOINT_API_TOKEN: 'shared' })
    expect(shared.apiToken).toBe('shared')
    shared.passwordOf('agent_bot')
    expect(readFileSync(join(data, 'secrets.json'), 'utf8')).not.toContain('shared')
  })

  it('that are damaged are never replaced', () => {
    const data = folder()
    writeFileSync(join(data, 'secrets.json'), '{}')
    expect(() => openSecrets(data, {})).toThrow('Nothing was started')
    expect(readFileSync(join(data, 'secrets.json'), 'utf8')).toBe('{}')
  })
})
