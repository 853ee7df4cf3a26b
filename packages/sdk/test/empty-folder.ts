import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const sdk = join(root, 'packages/sdk')

// The pinned Node first, as whoever starts these tests has it.
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
}

/** Runs a program to its end. @returns what it wrote @throws with what it wrote where it fails */
function run(cwd: string, program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error })
}

/** Builds and packs the SDK and what its types need. @returns the tarballs */
export function packSdk(folder: string): string[] {
  run(root, process.execPath, join(root, 'scripts/pack.mjs'), folder)
  return tarballsIn(folder)
}

const tarballsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(folder, name))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** What a package of this checkout needs, itself included, as folders: so nothing is fetched. */
function withDependencies(name: string, from: string, found: Map<string, string>): void {
  if (found.has(name)) return
  const folder = folderOf(name, from)
  found.set(name, folder)
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest
  for (const each of Object.keys(dependencies)) withDependencies(each, folder, found)
}

/** Looked up as Node does; not resolved, since a package need not export its package.json. */
function folderOf(name: string, from: string): string {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  for (const path of paths) {
    try {
      return realpathSync(join(path, name))
    } catch {
      // The next folder up may have it.
    }
  }
  throw new Error(`${name} is not installed`)
}

/** A project in an empty folder that installs the tarballs with npm and never asks the registry. */
export function installIn(folder: string, tarballs: readonly string[]): void {
  const found = new Map<string, string>()
  for (const name of ['pg', 'canonicalize', 'croner', '@types/node'])
    withDependencies(name, sdk, found)
  const packed = join(folder, 'packed')
  mkdirSync(packed, { recursive: true })
  run(packed, 'npm', 'pack', '--ignore-scripts', '--offline', ...found.values())
  writeFileSync(join(folder, 'package.json'), '{"name":"an-agent","private":true,"type":"module"}')
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  run(folder, 'npm', 'install', ...quiet, ...tarballs, ...tarballsIn(packed))
}

/** Type-checks and runs the file with the pinned compiler and Node. @returns what it printed */
export function checkAndRun(folder: string, file: string, url: string): string {
  const tsconfig = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      // The declarations of the package are what is being checked.
      skipLibCheck: false,
      noEmit: true,
    },
    files: [file],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  run(folder, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', folder)
  env['HOLDPOINT_AGENT_URL'] = url
  return run(folder, process.execPath, join(folder, file))
}
