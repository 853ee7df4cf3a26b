import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { fail, node24, root, toolEnv } from './bootstrap.mjs'

const guard = pathToFileURL(join(root, 'apps/cli/bin/die-with-parent.mjs')).href

/**
 * @param {number} pid
 * @returns {{ name: string, parent: number } | undefined}
 */
function describe(pid) {
  if (process.platform === 'win32') return undefined
  const args = ['-o', 'ppid=,comm=', '-p', String(pid)]
  // Slim images have no ps, and Linux answers without it.
  const answer =
    process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^\d+ \((.*)\) \S (\d+) [^]*$/, '$2 $1')
      : spawnSync('ps', args, { encoding: 'utf8' }).stdout
  const [parent = '', name = ''] = answer.trim().split(/\s+/)
  return { name: basename(name), parent: Number(parent) }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Calls back when npm, which started us, is gone. Between npm and us stands a shell that outlives
 * it, so the parent alone says nothing.
 * @param {() => void} onGone
 */
function watchNpm(onGone) {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  const shell = describe(parent)
  const npm = shell && /^(ba|da|z)?sh$/.test(shell.name) ? shell.parent : parent
  setInterval(() => {
    if (process.ppid !== parent || !isAlive(npm)) onGone()
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
