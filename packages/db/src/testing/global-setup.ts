import type { TestProject } from 'vitest/node'

import type { PostgresMajor } from '../embedded/index.ts'
import { startTestServer } from './test-server.ts'

/** Starts one Postgres for a whole vitest project: version 18, or what HOLDPOINT_TEST_PG says (16, 18). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer(wantedVersion(process.env['HOLDPOINT_TEST_PG']))
  project.provide('holdpointPostgres', { superUrl: server.superUrl, version: server.version })
  return async () => server.stop()
}

function wantedVersion(text: string | undefined): PostgresMajor {
  if (text === undefined || text === '' || text === '18') return 18
  if (text === '16') return 16
  throw new Error(`HOLDPOINT_TEST_PG is ${text}: only 16 and 18 can be had.`)
}
