export { type PostgresMajor } from './binaries.ts'
export { defaultDataDir } from './data-folder.ts'
export {
  DataFolderError,
  DataFolderInUseError,
  EmbeddedPostgresError,
  PortTakenError,
  StartFailedError,
} from './errors.ts'
export { lockDataFolder, lockHolder } from './lock-file.ts'
export { isAlive } from './process-identity.ts'
export { runningSuperUrl } from './running-server.ts'
export { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start.ts'
export type { EmbeddedPostgres } from './supervisor.ts'
