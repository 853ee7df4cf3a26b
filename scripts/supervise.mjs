import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { fail, node24, root, toolEnv } from './bootstrap.mjs'

const guard = pathToFileURL(join(root, 'scripts/die-with-parent.mjs')).href

/**
 * Calls back when npm, which started us, is gone: a SIGTERM to npm does not reach its grandchildren.
 * @param {() => void} onGone
 */
function watchNpm(onGone) {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) onGone()
  }, 500).unref()
}

/**
 * Runs long-lived processes directly (no shell between), stops them all with the first that ends,
 * and exits with its code.
 * @param {{ args: string[], cwd?: string }[]} commands arguments of Node 24
 */
export function supervise(commands) {
  const children = commands.map(({ args, cwd = process.cwd() }) =>
    spawn(node24(), ['--import', guard, ...args], { cwd, env: toolEnv(), stdio: 'inherit' }),
  )
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    for (const child of children) child.kill(signal)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGHUP', () => stop('SIGTERM'))
  // Ctrl-C reaches the whole foreground group: forwarded too, it would count twice.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) stop('SIGINT')
  })
  watchNpm(() => stop('SIGTERM'))

  let running = children.length
  /** @type {number | undefined} */
  let result
  for (const child of children) {
    child.on('error', (error) => fail(String(error)))
    child.on('exit', (code, signal) => {
      result ??= code ?? 128 + (signal ? constants.signals[signal] : 0)
      running -= 1
      if (running === 0) process.exit(result)
      stop('SIGTERM')
    })
  }
}
