export { createTestDatabase, openTestDatabase, type TestDatabase } from './test-database.ts'
export {
  type OwnedTestServer,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from './test-server.ts'
