/** Why a database could not be migrated, in words for the person who asked for it: print `message`. */
export class MigrateError extends Error {
  override name = 'MigrateError'
}

/** The server is older than Holdpoint supports. Nothing was changed. */
export class ServerTooOldError extends MigrateError {
  override name = 'ServerTooOldError'
}

/** The login lacks privileges; `missing` says each with what would help. Nothing was changed. */
export class MissingPrivilegeError extends MigrateError {
  override name = 'MissingPrivilegeError'
  readonly missing: readonly string[]

  constructor(login: string, database: string, missing: readonly string[]) {
    super(
      `The login ${login} cannot migrate the database ${database}. Nothing was changed. Missing:\n` +
        missing.map((line) => `  - ${line}`).join('\n'),
    )
    this.missing = missing
  }
}

/** Tables stand where ours would go, or those to adopt cannot be. Nothing was changed. */
export class AdoptionError extends MigrateError {
  override name = 'AdoptionError'
}

/** The files and what the database recorded about them do not belong together. */
export class MigrationMismatchError extends MigrateError {
  override name = 'MigrationMismatchError'
}

/** A statement of a migration failed; that migration was rolled back whole. */
export class MigrationFailedError extends MigrateError {
  override name = 'MigrationFailedError'
}

/** The functions could not be made those of the files; all of them are as they were. */
export class FunctionsFailedError extends MigrateError {
  override name = 'FunctionsFailedError'
}

/** Another process kept the migration lease for too long. */
export class MigrationBusyError extends MigrateError {
  override name = 'MigrationBusyError'
}
