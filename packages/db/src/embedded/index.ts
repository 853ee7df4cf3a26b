export { type PostgresMajor } from './binaries.ts'
export { defaultDataDir } from './data-folder.ts'
export {
  BinariesError,
  DataFolderError,
  DataFolderInUseError,
  EmbeddedPostgresError,
  PortTakenError,
  StartFailedError,
} from './errors.ts'
export {
  DEFAULT_PG_PORT,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
  type UnexpectedExit,
} from './start.ts'
