import { describe, expect, it } from 'vitest'

import { readSettings } from './settings.ts'

describe('settings', () => {
  it('have defaults', () => {
    expect(readSettings({}, {})).toMatchObject({
      host: '127.0.0.1',
      port: 4653,
      pgPort: 4654,
      schema: 'holdpoint',
      databaseUrl: undefined,
      environment: 'local',
    })
  })

  it('come from the environment, and flags win', () => {
    const env = { HOLDPOINT_PORT: '7000', HOLDPOINT_PG_PORT: '7001', HOLDPOINT_DATA: '/from/env' }
    expect(readSettings({}, env)).toMatchObject({ port: 7000, pgPort: 7001, dataDir: '/from/env' })
    expect(readSettings({ port: '8000', data: '/from/flag' }, env)).toMatchObject({
      port: 8000,
      pgPort: 7001,
      dataDir: '/from/flag',
    })
  })

  it('take an empty variable as not set', () => {
    const env = { HOLDPOINT_PORT: '', DATABASE_URL: '', HOLDPOINT_HOST: '' }
    expect(readSettings({}, env)).toMatchObject({
      port: 4653,
      databaseUrl: undefined,
      host: '127.0.0.1',
    })
  })

  it('let both ports be 0 or, with a database elsewhere, the same', () => {
    expect(readSettings({ port: '0', 'pg-port': '0' }, {})).toMatchObject({ port: 0, pgPort: 0 })
    const elsewhere = { DATABASE_URL: 'postgres://u@h/d' }
    expect(readSettings({ port: '9', 'pg-port': '9' }, elsewhere)).toMatchObject({ port: 9 })
  })

  it('name the flag or the variable that is wrong', () => {
    expect(() => readSettings({ 'pg-port': '-1' }, {})).toThrow('--pg-port is "-1"')
    expect(() => readSettings({}, { HOLDPOINT_PORT: '1e3' })).toThrow('HOLDPOINT_PORT is "1e3"')
    expect(() => readSettings({}, { HOLDPOINT_PUBLIC_URL: 'here' })).toThrow('HOLDPOINT_PUBLIC_URL')
  })
})
