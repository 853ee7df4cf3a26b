import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, it } from 'vitest'

import { writeConnection } from './connection-file.ts'
import { openServer } from './server-api.ts'

/** Takes what is sent, and goes away before it answers. */
const server = createServer((request) => {
  request.resume().on('end', () => request.socket.destroy())
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' ? (address?.port ?? 0) : 0

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-'))
const apiOn = (at: number) => {
  const consoleUrl = `http://127.0.0.1:${at}`
  writeConnection(folder, { pid: 1, consoleUrl, signInUrl: '', agentUrl: '', apiToken: 't' })
  return openServer(folder, 'Nothing was done.')
}

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

it('a command whose answer was lost may have been carried out: nobody is told that nothing was done', async () => {
  const lost = apiOn(port).mutate('runs.kill', {})
  await expect(lost).rejects.toThrow(/may have been done all the same/)
  await expect(lost).rejects.not.toThrow(/Nothing was done/)
})

it('a question whose answer was lost changed nothing, and neither did a command that nobody was there to hear', async () => {
  await expect(apiOn(port).ask('runs.plan', {})).rejects.toThrow(/Nothing was done/)
  server.close()
  await once(server, 'close')
  await expect(apiOn(port).mutate('runs.kill', {})).rejects.toThrow(
    /ECONNREFUSED\)\. Nothing was done\. Start it/,
  )
})
