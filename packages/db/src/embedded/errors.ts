/**
 * Everything that can go wrong with the embedded server, as errors whose message is meant for the
 * person who typed `npm start`: print `message`, never the stack.
 */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
  /** The last lines of the server's log, or the reason why they could not be read; may be empty. */
  readonly logTail: string

  constructor(message: string, options: { logTail?: string; cause?: unknown } = {}) {
    const logTail = options.logTail ?? ''
    super(
      logTail === '' ? message : `${message}\n\nLast lines of its log:\n${logTail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.logTail = logTail
  }
}

/** Something else listens on the port that the embedded server was told to use. */
export class PortTakenError extends EmbeddedPostgresError {
  override name = 'PortTakenError'
  readonly port: number

  constructor(port: number) {
    super(
      `Port ${port} on 127.0.0.1 is already taken by another program, so the embedded Postgres was not started. ` +
        `Set HOLDPOINT_PG_PORT to a free port, or set DATABASE_URL to use a Postgres of your own.`,
    )
    this.port = port
  }
}

/** Another Holdpoint process already works on this data folder. */
export class DataFolderInUseError extends EmbeddedPostgresError {
  override name = 'DataFolderInUseError'
  readonly holderPid: number

  constructor(dataDir: string, holderPid: number, lockFile: string) {
    super(
      `The data folder ${dataDir} is in use by another Holdpoint (process ${holderPid}). ` +
        `Stop that one first, or set HOLDPOINT_DATA to another folder. (Lock file: ${lockFile})`,
    )
    this.holderPid = holderPid
  }
}

/** The data folder cannot be used as it is: wrong owner, wrong version, not reachable, no password. */
export class DataFolderError extends EmbeddedPostgresError {
  override name = 'DataFolderError'
}

/** No Postgres binaries for this platform, or they cannot be run. */
export class BinariesError extends EmbeddedPostgresError {
  override name = 'BinariesError'
}

/** initdb or the server itself gave up; the log says why. */
export class StartFailedError extends EmbeddedPostgresError {
  override name = 'StartFailedError'
}

/** Reads the `code` of a Node system error (`ENOENT`, `EACCES`, ...) without casting. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns an error of the file system into one for the user; others stay what they are. */
export function explainFileError(error: unknown, dataDir: string): unknown {
  const code = systemErrorCode(error)
  if (code === undefined || error instanceof EmbeddedPostgresError) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const advice = 'The disk is full: free some space and start again.'
    return new DataFolderError(`${dataDir} cannot be written. ${advice}`, { cause: error })
  }
  const advice = 'Check who may write there, or set HOLDPOINT_DATA to another folder.'
  return new DataFolderError(`${dataDir} cannot be used (${reason}). ${advice}`, { cause: error })
}
