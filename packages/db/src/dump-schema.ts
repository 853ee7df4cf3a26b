// Writes schema.sql and the table types from the migrations: pnpm --filter @holdpoint/db dump-schema

import { writeFile } from 'node:fs/promises'

import { dumpSchema } from './dump/dump-schema.ts'
import { describeTypes } from './dump/schema-types.ts'
import { urlForDatabase } from './logins/login-url.ts'
import { startTestServer, TEMPLATE } from './testing/test-server.ts'

const server = await startTestServer()
try {
  const url = urlForDatabase(server.superUrl, TEMPLATE)
  await writeFile(new URL('../schema.sql', import.meta.url), await dumpSchema(url))
  await writeFile(new URL('./schema-types.gen.ts', import.meta.url), await describeTypes(url))
} finally {
  await server.stop()
}
