export { createTestDatabase, openTestDatabase, type TestDatabase } from './test-database.ts'
export { type OwnedTestServer, startTestServer, type TestServer } from './test-server.ts'
export { temporaryFolder } from './temporary-folder.ts'
