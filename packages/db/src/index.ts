export { createKysely, createPool, type PoolOptions, resultTypes } from './connection.ts'
export { ensureDatabase } from './ensure-database.ts'
export {
  addAgent,
  type AddAgentOptions,
  agentLoginName,
  ensureTrialLogin,
  TRIAL_LOGIN,
  type TrialLoginOptions,
} from './logins/agent-login.ts'
export { AgentNameError, LoginError, LoginExistsError } from './logins/errors.ts'
export { urlForDatabase, urlForLogin } from './logins/login-url.ts'
export {
  ensureServerLogin,
  serverLoginName,
  type ServerLoginOptions,
} from './logins/server-login.ts'
export {
  AdoptionError,
  MigrateError,
  MigrationBusyError,
  MigrationFailedError,
  MigrationMismatchError,
  MissingPrivilegeError,
  ServerTooOldError,
} from './migrate/errors.ts'
export {
  DEFAULT_SCHEMA,
  migrate,
  type MigrateOptions,
  type MigrateResult,
} from './migrate/migrate.ts'
export type { JsonValue, Schema } from './schema-types.gen.ts'
export type { Engine, Lease, Position, RunEvent, RunTail, Tail } from './engine.ts'
export { postgresEngine } from './postgres-engine.ts'
export { type MigrationFile, readMigrations } from './migrate/migration-files.ts'
