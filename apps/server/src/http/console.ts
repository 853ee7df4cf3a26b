import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'

import { problem } from '../database/problem.ts'
import { page } from './page.ts'

/** The built console: its files, and its page for every address that a person may type or reload. */
export function consoleRoutes(webRoot: string): Hono {
  const app = new Hono()
  const index = join(webRoot, 'index.html')
  let files: MiddlewareHandler | undefined
  app.get('*', async (c, next) => {
    if (!existsSync(index)) return notBuilt(c)
    files ??= filesBelow(webRoot)
    return c.req.path === '/' ? next() : files(c, next)
  })
  app.get('*', (c) => {
    if (!isNavigation(c)) throw problem('NOT_FOUND')
    c.header('cache-control', 'no-cache')
    return c.html(readFileSync(index, 'utf8'))
  })
  return app
}

const filesBelow = (root: string): MiddlewareHandler =>
  serveStatic({
    root,
    onFound: (_path, c) => {
      // Vite names these by their content, so they never change.
      const hashed = c.req.path.startsWith('/assets/')
      c.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })

/** Only a page's address may fall back to the console: a missing script must not become HTML. */
const isNavigation = (c: Context): boolean =>
  c.req.path === '/' ||
  (c.req.header('accept')?.includes('text/html') === true && !/\.\w+$/.test(c.req.path))

function notBuilt(c: Context): Response {
  if (!isNavigation(c)) throw problem('NOT_FOUND')
  return c.html(
    page(
      'The console is not built',
      'The server runs, but its pages are missing:',
      'npm run build',
    ),
    503,
  )
}
