export { atEndOfFile } from './end-of-file.ts'
export { createTestDatabase, openTestDatabase, type TestDatabase } from './test-database.ts'
export { startTestServer } from './test-server.ts'
export { temporaryFolder } from './temporary-folder.ts'
