// Writes schema.sql from the migrations: pnpm --filter @holdpoint/db dump-schema

import { writeFile } from 'node:fs/promises'

import { dumpSchema } from './dump/dump-schema.ts'
import { urlForDatabase } from './logins/login-url.ts'
import { startTestServer, TEMPLATE } from './testing/test-server.ts'

const server = await startTestServer()
try {
  const url = urlForDatabase(server.superUrl, TEMPLATE)
  await writeFile(new URL('../schema.sql', import.meta.url), await dumpSchema(url))
} finally {
  await server.stop()
}
