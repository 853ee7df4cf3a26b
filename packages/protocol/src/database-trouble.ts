/**
 * Why a statement was not answered, when it was not the statement's fault. `away`: nobody to talk to, or not yet, or
 * not to this one (starting, stopping, no place, a standby). `refused`: the login or its database. `full`: disk or
 * memory. `slow`: cut off by a timeout. `conflict`: with another transaction. All but `refused` may pass by themselves.
 */
export type DatabaseTrouble = 'away' | 'refused' | 'full' | 'slow' | 'conflict'

const sqlStates: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [/^(08...|57P0[1-5]|53300|25006)$/, 'away'],
  [/^(28...|3D000)$/, 'refused'],
  [/^(53...|58030)$/, 'full'],
  [/^57014$/, 'slow'],
  [/^(55P03|40001|40P01)$/, 'conflict'],
]

const systemCodes =
  /^(ECONN\w+|ETIMEDOUT|ENOENT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN)$/

/** The driver's own errors carry no code. */
const driverWords =
  /connection terminated|client has encountered a connection error|timeout exceeded when trying to connect|query read timeout|connection ended|client was closed|not queryable|server closed the connection/i

/** What an error of the database's driver says of the database; undefined where it is about the statement. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (!(error instanceof Error)) return undefined
  // One address after the other was tried.
  if (error instanceof AggregateError) return error.errors.map(databaseTrouble).find(Boolean)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code === undefined) return driverWords.test(error.message) ? 'away' : undefined
  if (systemCodes.test(code)) return 'away'
  return sqlStates.find(([states]) => states.test(code))?.[1]
}
