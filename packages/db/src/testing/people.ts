import { ensureOperator } from '../people/first-admin.ts'

/** People whom tests act as; the database lets nobody act whom it does not know. */
const everything =
  'local root ana ada maria bo tom jo cy rita boss zed olga eve dee a b c d e test someone cli bench sample-night-shift sample-set-up'.split(
    ' ',
  )

/** Makes them in a database. `guest` may only look. */
export async function addPeople(adminUrl: string, schema?: string): Promise<void> {
  const place = { adminUrl, ...(schema !== undefined && { schema }) }
  for (const name of everything) await ensureOperator(place, name, ['admin'])
  await ensureOperator(place, 'guest', ['viewer'])
}
