// Gets a bare checkout ready with nothing but the host's Node: no dependency may be imported here.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pnpm = 'pnpm@12.4.2'
const windows = process.platform === 'win32'
const pinned = join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node')
const stamps = join(root, 'node_modules/.cache/holdpoint')

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

export function checkHostNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Holdpoint needs Node 20.19 or later to set itself up; this is ${process.version}.`)
}

/**
 * Every file below the folders, in a stable order.
 * @param {string[]} folders
 * @returns {string[]}
 */
export function filesBelow(folders) {
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) return []
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !['node_modules', 'dist'].includes(entry.name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? filesBelow([path]) : [path]
      })
  })
}

/**
 * @param {string[]} files
 * @returns {string}
 */
function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash.update(relative(root, file)).update('\0').update(readFileSync(file))
  return hash.digest('hex')
}

/**
 * @param {string} name
 * @param {string} value
 */
function isStamped(name, value) {
  const file = join(stamps, name)
  return existsSync(file) && readFileSync(file, 'utf8') === value
}

/**
 * @param {string} name
 * @param {string} value
 */
function stamp(name, value) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), value)
}

function installInputs() {
  const manifests = ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name, 'package.json')),
  )
  const top = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'e2e/package.json',
    'bench/package.json',
  ]
  return [...top.map((name) => join(root, name)), ...manifests].filter((file) => existsSync(file))
}

/** Installs what the lock file says, unless the last install did just that. */
export function install() {
  const inputs = `${process.platform}-${process.arch} ${hashOf(installInputs())}`
  if (isStamped('install', inputs)) return
  process.stdout.write('Installing dependencies ...\n')
  const { status } = spawnSync('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    cwd: root,
    // With CI set pnpm never asks a question.
    env: { ...process.env, CI: 'true' },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows,
  })
  if (status !== 0) fail(`"npx ${pnpm} install" failed; the reason is above.`)
  stamp('install', inputs)
}

/**
 * The Node that everything but these scripts runs on: the pinned 24 where it exists, else the
 * host's if it is a 24 (macOS has no pinned build).
 * @returns {string}
 */
export function node24() {
  if (existsSync(pinned)) {
    const { stdout } = spawnSync(pinned, ['--version'], { encoding: 'utf8' })
    if (stdout?.startsWith('v24.')) return pinned
  }
  if (process.versions.node.startsWith('24.')) return process.execPath
  return fail(
    `Holdpoint runs on Node 24. There is no pinned build for ${process.platform}-${process.arch}` +
      ` in node_modules/node: use Node 24 for this command (this is ${process.version}).`,
  )
}

/** The environment in which tools that look up "node" find the pinned one. */
export function toolEnv() {
  const separator = windows ? ';' : ':'
  return { ...process.env, PATH: `${dirname(node24())}${separator}${process.env['PATH'] ?? ''}` }
}

/**
 * The script behind a dependency's command: run on Node 24, it needs no shell.
 * @param {string} name
 * @param {string} [from] workspace package that depends on it
 * @param {string} [command]
 */
export function toolScript(name, from = '.', command = name) {
  const folder = join(root, from, 'node_modules', name)
  const { bin } = /** @type {{ bin: string | Record<string, string> }} */ (
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  )
  const script = typeof bin === 'string' ? bin : bin[command]
  return script === undefined ? fail(`${name} has no command ${command}.`) : join(folder, script)
}

/**
 * Runs a script on Node 24 to its end.
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<number>} exit code
 */
export function runNode(args, { cwd = root, env = {} } = {}) {
  const child = spawn(node24(), args, {
    cwd,
    env: { ...toolEnv(), ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  return new Promise((resolve) => {
    child.on('error', (error) => fail(String(error)))
    child.on('exit', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve(code ?? 1)
    })
  })
}

export const hasWeb = () => existsSync(join(root, 'apps/web/index.html'))

/** @returns {Promise<number>} exit code; 0 without work when nothing changed */
export async function buildWeb() {
  // The build writes it.
  const routeTree = join(root, 'apps/web/src/routeTree.gen.ts')
  const files = filesBelow(['apps/web', 'packages/protocol/src'].map((name) => join(root, name)))
  const own = files.filter((file) => file !== routeTree)
  // Before the build: a file that is edited meanwhile is not in it.
  const before = hashOf([...own, join(root, 'pnpm-lock.yaml')])
  const inputs = () => `${before} ${existsSync(routeTree) ? hashOf([routeTree]) : ''}`
  const built = existsSync(join(root, 'apps/web/dist/index.html'))
  if (built && isStamped('web', inputs())) return 0
  const cwd = join(root, 'apps/web')
  process.stdout.write('Building the console ...\n')
  const vite = toolScript('vite', 'apps/web')
  // Its list of files says nothing to whoever only wants to start.
  const code = await runNode([vite, 'build', '--logLevel', 'warn'], { cwd })
  if (code === 0) stamp('web', inputs())
  return code
}
