import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { serve, startTestServer } from '../../test/test-server.ts'

const webRoot = mkdtempSync(join(tmpdir(), 'holdpoint-web-'))
mkdirSync(join(webRoot, 'assets'))
writeFileSync(join(webRoot, 'index.html'), '<title>the console</title>')
writeFileSync(join(webRoot, 'assets/app-1a2b.js'), 'console.log(1)')
afterAll(() => rmSync(webRoot, { recursive: true }))

const server = await startTestServer({ webRoot })
const page = { headers: { accept: 'text/html' } }

test('every address that a person may open shows the console', async () => {
  for (const path of ['/', '/runs/1', '/approvals?status=open']) {
    const answer = await fetch(server.url + path, page)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(await answer.text()).toContain('the console')
  }
})

test('files that are named by their content are kept for good', async () => {
  const answer = await fetch(`${server.url}/assets/app-1a2b.js`)
  expect(answer.headers.get('content-type')).toContain('text/javascript')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(await answer.text()).toBe('console.log(1)')
})

test('a missing file is missing, and not the console', async () => {
  for (const path of ['/assets/gone.js', '/nothing.png', '/..%2fpackage.json', '/%2e%2e/x.json']) {
    const answer = await fetch(server.url + path, page)
    expect(answer.status).toBe(404)
  }
})

test('without a built console a page says what to do', async () => {
  const bare = await serve(server.db)
  const answer = await fetch(`${bare.url}/`, page)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('npm run build')
  await bare.close()
})

test('a port that is taken is said with the name of its setting', async () => {
  const port = Number(new URL(server.url).port)
  await expect(serve(server.db, { port })).rejects.toThrow(/HOLDPOINT_PORT/)
})
