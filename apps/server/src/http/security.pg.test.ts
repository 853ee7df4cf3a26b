import { createHash } from 'node:crypto'
import { request } from 'node:http'

import { expect, test } from 'vitest'

import { apiToken, startTestServer } from '../../test/test-server.ts'
import { hashOf, newSecret } from '../database/secrets.ts'

const server = await startTestServer()
const cookie = await server.signIn()
const run = '00000000-0000-4000-8000-000000000001'
const origin = server.url
const json = { 'content-type': 'application/json' }
const ours = { ...json, 'x-holdpoint': '1', origin, cookie }
const body = JSON.stringify({ id: run, reason: null })

async function pause(headers: Record<string, string>, content: string | FormData = body) {
  const answer = await fetch(`${server.url}/trpc/runs.pause`, {
    method: 'POST',
    headers,
    body: content,
  })
  return { status: answer.status, code: await codeOf(answer) }
}

async function codeOf(answer: Response): Promise<string | undefined> {
  const told = (await answer.json()) as { error?: { data?: { holdpoint?: { code?: string } } } }
  return told.error?.data?.holdpoint?.code
}

/** fetch does not let a test set these. */
async function raw(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(server.url + path, { headers }, (answer) => {
      answer.destroy()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

test('a command of a signed-in page gets through to the database', async () => {
  expect(await pause(ours)).toEqual({ status: 404, code: 'RUN_NOT_FOUND' })
})

test('without a session nothing is answered', async () => {
  for (const path of [
    '/trpc/system.info',
    '/api/stream/fleet',
    `/api/stream/runs/${run}`,
    '/api/x',
  ]) {
    const answer = await fetch(server.url + path)
    expect({ path, status: answer.status, code: await codeOf(answer) }).toEqual({
      path,
      status: 401,
      code: 'UNAUTHENTICATED',
    })
  }
  const { cookie: _, ...rest } = ours
  expect(await pause(rest)).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
})

test('a token that may not read opens no stream and takes no file', async () => {
  const secret = newSecret()
  await server.db.owner.query(
    `select make_token('commands-only', $1, '{control}', null, null, 'operator:ada')`,
    [hashOf(secret)],
  )
  const headers = { authorization: `Bearer ${secret}` }
  for (const path of [
    '/api/stream/fleet',
    `/api/stream/runs/${run}`,
    '/api/audit/export?format=json',
    '/api/history/export?format=json',
  ]) {
    const answer = await fetch(server.url + path, { headers })
    expect({ path, status: answer.status, code: await codeOf(answer) }).toEqual({
      path,
      status: 403,
      code: 'FORBIDDEN',
    })
  }
})

test('a forged session, a changed one and a wrong token are no sessions', async () => {
  const [name = '', value = ''] = cookie.split('=')
  const hash = createHash('sha256').update(value).digest()
  const forged = [
    `${name}=`,
    `${name}=${value.slice(1)}`,
    `${name}=${value}x`,
    // What the database keeps is not what lets one in, nor is a token in a cookie's place.
    `${name}=${hash.toString('base64url')}`,
    `${name}=${hash.toString('hex')}`,
    `${name}=${apiToken}`,
  ]
  for (const cookie of forged) expect((await pause({ ...ours, cookie })).status).toBe(401)
  expect((await pause({ ...ours, authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await pause({ ...ours, authorization: `Bearer ${value}` })).status).toBe(401)
})

test('a form that another site posts is refused', async () => {
  const form = new FormData()
  form.set('id', run)
  expect(await pause({ cookie, origin: 'https://evil.example' }, form)).toEqual({
    status: 403,
    code: 'FORBIDDEN',
  })
  expect((await pause({ cookie, origin }, form)).status).toBe(403)
  expect((await pause({ cookie, 'content-type': 'text/plain' })).status).toBe(403)
})

test('a command without our header is refused', async () => {
  const { 'x-holdpoint': _, ...rest } = ours
  expect(await pause(rest)).toEqual({ status: 403, code: 'FORBIDDEN' })
})

test('a command from another origin is refused, also from another port of this machine', async () => {
  for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null', 'http://localhost']) {
    expect(await pause({ ...ours, origin })).toEqual({ status: 403, code: 'FORBIDDEN' })
  }
})

test('only the API token may leave out the origin', async () => {
  const { origin: _, ...rest } = ours
  expect(await pause(rest)).toEqual({ status: 403, code: 'FORBIDDEN' })
  const answer = await server.ask('/trpc/runs.pause', {
    method: 'POST',
    headers: { ...json, 'x-holdpoint': '1' },
    body,
  })
  expect(await codeOf(answer)).toBe('RUN_NOT_FOUND')
})

test('a command that is not JSON is refused', async () => {
  expect(await pause({ ...ours, 'content-type': 'multipart/form-data' })).toEqual({
    status: 400,
    code: 'BAD_REQUEST',
  })
})

test('a body over 512 KiB is refused, with its length told or not', async () => {
  const large = JSON.stringify({ id: run, reason: 'x'.repeat(600 * 1024) })
  expect(await pause(ours, large)).toEqual({ status: 413, code: 'TOO_LARGE' })
  const chunked = await fetch(`${server.url}/trpc/runs.pause`, {
    method: 'POST',
    headers: ours,
    body: new Blob([large]).stream(),
    duplex: 'half',
  })
  expect(chunked.status).toBe(413)
})

test('malformed JSON and malformed input are said to be that, without a stack', async () => {
  for (const content of ['{', '[]', 'null', '{"id":"x"}', '{"id":5}']) {
    expect({ content, ...(await pause(ours, content)) }).toEqual({
      content,
      status: 400,
      code: 'BAD_REQUEST',
    })
  }
  const answer = await fetch(`${server.url}/trpc/runs.pause`, {
    method: 'POST',
    headers: ours,
    body: '{',
  })
  expect(await answer.text()).not.toMatch(/stack|node_modules|\.ts:/)
})

test('a command cannot be given by a link', async () => {
  const answer = await fetch(`${server.url}/trpc/runs.pause?input=${encodeURIComponent(body)}`, {
    headers: { cookie },
  })
  expect(answer.status).toBe(405)
})

test('a stream is not opened for another site', async () => {
  expect(await raw('/api/stream/fleet', { cookie, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await raw('/api/stream/fleet', { cookie, 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(await raw('/api/stream/fleet', { cookie, 'sec-fetch-site': 'same-origin' })).toBe(200)
  // Over http a browser says no more than this, and sends our cookie for a page on another port of this machine.
  for (const elsewhere of ['http://127.0.0.1:1', 'https://evil.example', 'null'])
    for (const path of ['/api/stream/fleet', `/api/stream/runs/${run}`, '/trpc/system.info'])
      expect([path, await raw(path, { cookie, origin: elsewhere })]).toEqual([path, 403])
  expect(await raw('/api/stream/fleet', { cookie, origin })).toBe(200)
})

test('a name that is not ours is not answered, so that no other site can become our origin', async () => {
  expect(await raw('/trpc/system.info', { cookie, host: 'evil.example' })).toBe(403)
  expect(await raw('/healthz', { host: 'evil.example:4653' })).toBe(403)
  expect(await raw('/trpc/system.info', { cookie, host: 'localhost:9999' })).toBe(200)
})

test('unknown addresses are JSON for programs', async () => {
  const answer = await server.ask('/api/nothing')
  expect(answer.status).toBe(404)
  expect(await codeOf(answer)).toBe('NOT_FOUND')
  const procedure = await server.ask('/trpc/runs.nothing')
  expect(procedure.status).toBe(404)
  expect(await codeOf(procedure)).toBe('NOT_FOUND')
})

test('every answer forbids scripts of others, frames and guesses', async () => {
  for (const path of ['/', '/healthz', '/api/x', '/sign-in?token=x', '/nothing.js']) {
    const { headers } = await fetch(server.url + path)
    expect(headers.get('content-security-policy')).toContain(`script-src 'self';`)
    expect(headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  }
})
