import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { temporaryFolder } from '../testing/index.ts'
import { findNative, makeRunnable } from './binaries.ts'
import { BinariesError } from './errors.ts'
import { nobody } from './run-as.ts'

const isRoot = process.getuid?.() === 0
const installed = findNative(18)
let folder = ''
/** A copy as npm unpacks it when install scripts are blocked: without links. */
let unpacked = ''
const native = () => ({ path: unpacked, version: installed.version })

beforeEach(() => {
  folder = temporaryFolder()
  unpacked = join(folder, 'package', 'native')
  cpSync(installed.path, unpacked, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !lstatSync(path).isSymbolicLink(),
  })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('links that a blocked install script did not make are made', () => {
  const libraries = join(unpacked, 'lib')
  expect(readdirSync(libraries)).not.toContain('libicuuc.so.60')
  const binaries = makeRunnable(native(), undefined, folder)
  expect(binaries.postgres).toBe(join(unpacked, 'bin', 'postgres'))
  expect(readdirSync(libraries)).toContain('libicuuc.so.60')
  expect(spawnSync(binaries.postgres, ['--version']).status).toBe(0)
})

test.runIf(isRoot)(
  'binaries that the user of the server cannot reach are copied to where it can',
  () => {
    chmodSync(join(folder, 'package'), 0o700)
    const user = nobody()
    const binaries = makeRunnable(native(), user, folder)
    expect(binaries.postgres.startsWith(join(folder, 'postgres-bin-'))).toBe(true)
    expect(spawnSync(binaries.initdb, ['--version'], { ...user, cwd: '/' }).status).toBe(0)
    expect(lstatSync(binaries.postgres).uid).toBe(0)
    // A second start finds the copy.
    expect(makeRunnable(native(), user, folder)).toEqual(binaries)
  },
)

test.runIf(isRoot)('binaries unpacked under a strict file mask are copied with open modes', () => {
  for (const name of ['bin', 'lib', 'share']) chmodSync(join(unpacked, name), 0o700)
  chmodSync(join(unpacked, 'bin', 'postgres'), 0o700)
  const user = nobody()
  const binaries = makeRunnable(native(), user, folder)
  expect(spawnSync(binaries.postgres, ['--version'], { ...user, cwd: '/' }).status).toBe(0)
})

test('binaries that do not run are an error that says so', () => {
  const broken = join(folder, 'broken')
  mkdirSync(join(broken, 'bin'), { recursive: true })
  expect(() => makeRunnable({ path: broken, version: '0' }, undefined, folder)).toThrow(
    BinariesError,
  )
})
