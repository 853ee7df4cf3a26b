import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { readOidc } from './oidc-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-oidc-'))
afterAll(() => rmSync(folder, { recursive: true }))

const here = 'https://holdpoint.example.com'
const whole = {
  HOLDPOINT_OIDC_ISSUER: 'https://login.example.com/realm',
  HOLDPOINT_OIDC_CLIENT_ID: 'holdpoint',
  HOLDPOINT_OIDC_CLIENT_SECRET: 'hidden',
}

test('no variable, no provider', () => {
  expect(readOidc({ HOLDPOINT_OIDC_ISSUER: '' }, here)).toBeUndefined()
})

test('a provider is called by its host where it has no other name', () => {
  expect(readOidc(whole, here)).toEqual({
    issuer: 'https://login.example.com/realm',
    clientId: 'holdpoint',
    clientSecret: 'hidden',
    name: 'login.example.com',
  })
  expect(readOidc({ ...whole, HOLDPOINT_OIDC_NAME: 'Acme' }, here)?.name).toBe('Acme')
})

test('the secret may stand in a file, which must be there', () => {
  const file = join(folder, 'secret')
  writeFileSync(file, 'from the file\n')
  const env = {
    ...whole,
    HOLDPOINT_OIDC_CLIENT_SECRET: '',
    HOLDPOINT_OIDC_CLIENT_SECRET_FILE: file,
  }
  expect(readOidc(env, here)?.clientSecret).toBe('from the file')
  const gone = { ...env, HOLDPOINT_OIDC_CLIENT_SECRET_FILE: join(folder, 'gone') }
  expect(() => readOidc(gone, here)).toThrow('cannot be read')
})

test.each(Object.keys(whole))('%s is missed', (name) => {
  expect(() => readOidc({ ...whole, [name]: '' }, here)).toThrow('go together')
})

test('the address that people use is needed', () => {
  expect(() => readOidc(whole, undefined)).toThrow('HOLDPOINT_PUBLIC_URL')
})

const over = (issuer: string) => readOidc({ ...whole, HOLDPOINT_OIDC_ISSUER: issuer }, here)

test('a provider over http is refused, but on this machine', () => {
  expect(() => over('http://login.example.com')).toThrow('https')
  expect(() => over('login.example.com')).toThrow('https')
  expect(over('http://127.0.0.1:4000')?.issuer).toBe('http://127.0.0.1:4000')
})
