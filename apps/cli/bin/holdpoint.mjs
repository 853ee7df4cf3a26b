#!/usr/bin/env node
// Runs on the host's Node and hands over to the pinned Node 24, which reads TypeScript.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = join(dirname(fileURLToPath(import.meta.url)), '../src/main.ts')

function findNode() {
  if (process.versions.node.startsWith('24.')) return process.execPath
  const manifest = createRequire(import.meta.url).resolve('node/package.json')
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const pinned = join(dirname(manifest), 'bin', name)
  return existsSync(pinned) ? pinned : undefined
}

const node = findNode()
if (node === undefined) {
  process.stderr.write(`holdpoint runs on Node 24; this is ${process.version}.\n`)
  process.exit(1)
}

const guard = new URL('die-with-parent.mjs', import.meta.url).href
const args = ['--import', guard, main, ...process.argv.slice(2)]
const child = spawn(node, args, { stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGTERM'))
process.on('SIGINT', () => {
  // A terminal has sent it to the child already.
  if (!process.stdin.isTTY) child.kill('SIGINT')
})
// A SIGTERM to npx ends its shell and stops there.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 500).unref()
}
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0))
})
