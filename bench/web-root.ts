import { join } from 'node:path'

/** Where `npm run build` puts the console. */
export const webRoot = join(import.meta.dirname, '../apps/web/dist')
