import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { Step } from '@holdpoint/sdk'

import { folder } from '../settings.ts'
import { between, wait } from './think.ts'

/** Writes a file of this agent, without an action: only for what the agent finds there later. */
export async function put(path: string, text: string): Promise<void> {
  const file = join(folder(), path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Reads a file of this agent as an action. */
export const readText = async (step: Step, path: string): Promise<string> =>
  step.action(
    'file.read',
    { target: path, request: { path }, idempotent: true },
    async (signal) => {
      await wait(between(2000, 4000), signal)
      return readFile(join(folder(), path), 'utf8')
    },
  )

/** Writes a file of this agent as an action. The same name is the same file: written twice, it is there once. */
export const writeText = async (
  step: Step,
  tool: string,
  path: string,
  text: string,
  about: { reversible: boolean; key?: string },
): Promise<{ bytes: number }> =>
  step.action(
    tool,
    { target: path, request: { path, text }, idempotent: true, ...about },
    async (signal) => {
      await wait(between(2000, 4000), signal)
      await put(path, text)
      return { bytes: text.length }
    },
  )

/** Keeps the newest `most` files of a folder of this agent, so that a long life does not fill the disk. */
export async function keepNewest(path: string, most: number): Promise<void> {
  const names = await readdir(join(folder(), path)).catch(() => [])
  const old = names
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .slice(0, Math.max(0, names.length - most))
  await Promise.all(old.map(async (name) => rm(join(folder(), path, name), { force: true })))
}
