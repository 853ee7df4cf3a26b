import { DatabaseError, type Pool, type PoolClient } from 'pg'

/** Anything that runs a statement: a pool (each on any connection) or one connection. */
export type Session = Pool | PoolClient

/** 'accepted', or the SQLSTATE with which the database refused. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'accepted'
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? 'no code'
    throw error
  }
}

/** The refusal itself, for tests that read its words. @throws when the work was accepted */
export async function refusalOf(work: Promise<unknown>): Promise<DatabaseError> {
  try {
    await work
  } catch (error) {
    if (error instanceof DatabaseError) return error
    throw error
  }
  throw new Error('The database accepted what it should refuse.')
}

/** The first row of an answer. */
export async function one<Row extends object>(
  session: Session,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const { rows } = await session.query<Row>(text, [...values])
  const [row] = rows
  if (row === undefined) throw new Error(`No row: ${text}`)
  return row
}

/** Runs `work` on one connection inside a transaction that is committed, or rolled back when it throws. */
export async function transaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
