import type { Health } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import { backoffMs, initialConnection, nextConnection, type Connection } from './connection.ts'

const health = (changes: Partial<Health> = {}): Health => ({
  database: 'up',
  asOf: '2026-11-20T03:12:07.000000+00:00',
  lagMs: 20,
  clockSkewMs: 0,
  ...changes,
})
const live: Connection = { phase: 'live', lagMs: 20 }
const gone: Connection = { phase: 'disconnected', since: 1000, attempt: 1 }

describe('a connection', () => {
  test('is live only once health says so: data alone does not make it', () => {
    expect(nextConnection(initialConnection, { type: 'data' }).phase).toBe('connecting')
    expect(nextConnection(initialConnection, { type: 'health', health: health() }).phase).toBe(
      'live',
    )
  })

  test('says at once that the database is down', () => {
    const next = nextConnection(live, { type: 'health', health: health({ database: 'down' }) })
    expect(next).toMatchObject({ phase: 'catching-up', because: 'database-down' })
  })

  test('catches up while it lags, and is live again only when the lag is well below that', () => {
    const behind = nextConnection(live, { type: 'health', health: health({ lagMs: 4000 }) })
    expect(behind).toMatchObject({ phase: 'catching-up', because: 'lag' })
    const nearly = nextConnection(behind, { type: 'health', health: health({ lagMs: 1000 }) })
    expect(nearly.phase).toBe('catching-up')
    const again = nextConnection(nearly, { type: 'health', health: health({ lagMs: 100 }) })
    expect(again.phase).toBe('live')
  })

  test('is disconnected by silence, since the last thing it heard', () => {
    expect(nextConnection(live, { type: 'silence', at: 5000 })).toEqual({
      phase: 'disconnected',
      since: 5000,
      attempt: 1,
    })
  })

  test('keeps saying since when through failing attempts', () => {
    const again = nextConnection(gone, { type: 'failed', at: 9000 })
    expect(again).toEqual({ phase: 'disconnected', since: 1000, attempt: 2 })
  })

  test('comes back by health, from any phase', () => {
    for (const from of [gone, { phase: 'signed-out' }, { phase: 'missing' }] as const) {
      expect(nextConnection(from, { type: 'health', health: health() }).phase).toBe('live')
    }
  })

  test('tells signed out and no such run from broken', () => {
    expect(nextConnection(gone, { type: 'unauthenticated' }).phase).toBe('signed-out')
    expect(nextConnection(gone, { type: 'not-found' }).phase).toBe('missing')
  })
})

test('attempts back off, jittered, to at most ten seconds', () => {
  expect(backoffMs(1, 0)).toBe(200)
  expect(backoffMs(1, 1)).toBe(400)
  expect(backoffMs(3, 1)).toBe(1600)
  expect(backoffMs(50, 1)).toBe(10_000)
})
