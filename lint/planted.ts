// Proves that the lint bites: plants one violation of each rule, and what is allowed beside it, in
// a scratch folder under the same configuration, and compares what lint says of every file.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { allowed, planted } from './cases.ts'
import { serverBase, serverNouns, serverShared, serverUpper } from './layers.ts'

const root = dirname(import.meta.dirname)

// Named, because lint would walk through the link to node_modules.
const tops = ['apps', 'packages', 'e2e', 'bench']

interface Diagnostic {
  code: string
  filename: string
}

function lint(folder: string): Diagnostic[] {
  const script = join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--format=json', ...tops], {
    cwd: folder,
    encoding: 'utf8',
  })
  try {
    return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics
  } catch {
    throw new Error(`oxlint gave no report: ${stdout}${stderr}`)
  }
}

function plant(folder: string): void {
  cpSync(join(root, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'))
  cpSync(join(root, 'lint/layers.ts'), join(folder, 'lint/layers.ts'))
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "extends": "./tsconfig.base.json", "compilerOptions": { "jsx": "react-jsx" }, "include": ["**/*"] }',
  )
  for (const { path, code } of [...planted, ...allowed]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
}

function compare(found: Diagnostic[]): string[] {
  const rulesAt = (path: string) =>
    found.filter(({ filename }) => filename.endsWith(path)).map(({ code }) => code)
  return [
    ...planted
      .filter(({ path, rule }) => !rulesAt(path).some((code) => code.includes(`(${rule})`)))
      .map(({ path, rule }) => `${path}: ${rule} did not bite`),
    ...allowed
      .flatMap(({ path }) => rulesAt(path).map((code) => ({ path, code })))
      .filter(({ code }) => /no-restricted-imports|no-process-env/.test(code))
      .map(({ path, code }) => `${path}: allowed, but ${code}`),
  ]
}

/** Folders that no layer rule knows, and names that say nothing. */
function strangers(): string[] {
  const known = new Set([...serverBase, ...serverNouns, ...serverShared, ...serverUpper])
  const folders = readdirSync(join(root, 'apps/server/src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !known.has(entry.name))
    .map(({ name }) => `apps/server/src/${name}: give this folder its place in lint/layers.ts`)
  const names = [...tops, 'scripts', 'lint']
    .flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\.[a-z.]+)?$/.test(path))
    .map((path) => `${path}: name the file for the one idea it holds`)
  return [...folders, ...names]
}

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-lint-'))
try {
  plant(folder)
  const problems = [...compare(lint(folder)), ...strangers()]
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stdout.write(`${planted.length} planted, ${allowed.length} allowed\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
