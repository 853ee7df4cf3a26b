// Takes each enforcement out of a fresh database and runs the tests that should mind.
//   node packages/db/test/mutations/run.ts [part of a name, or of its tests' file]
// Exits 1 when a mutation survives: then its test proves nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const root = join(import.meta.dirname, '../../../..')
const reports = mkdtempSync(join(tmpdir(), 'holdpoint-mutations-'))

interface Report {
  numFailedTests: number
  numPassedTests: number
  testResults: { message: string }[]
}

/** Runs the tests that a mutation names, with or without it. */
async function runTests(mutation: Mutation, applied: boolean): Promise<Report> {
  const output = join(reports, `${mutations.indexOf(mutation)}-${applied}.json`)
  const pattern = mutation.test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project=postgres',
      `packages/db/test/${mutation.file}`,
      `--testNamePattern=^${pattern}`,
      // What is taken out may be what a test waits for.
      '--testTimeout=60000',
      '--reporter=json',
      `--outputFile=${output}`,
    ],
    {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, HOLDPOINT_MUTATION: applied ? mutation.name : '' },
    },
  )
  await once(child, 'exit')
  return JSON.parse(readFileSync(output, 'utf8')) as Report
}

/** What is wrong with a mutation, or undefined when its test caught it. */
async function flawOf(mutation: Mutation): Promise<string | undefined> {
  const sound = await runTests(mutation, false)
  if (sound.numPassedTests === 0) return 'there is no such test'
  if (sound.numFailedTests > 0) return 'the test fails without it'
  const mutated = await runTests(mutation, true)
  if (mutated.numFailedTests > 0) return undefined
  const message = mutated.testResults
    .map((result) => result.message)
    .join(' ')
    .trim()
  return message === '' ? 'it survived' : message
}

async function work(queue: Mutation[], survivors: string[]): Promise<void> {
  for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
    const flaw = await flawOf(mutation)
    process.stdout.write(`${flaw === undefined ? 'caught  ' : 'SURVIVED'} ${mutation.name}\n`)
    if (flaw !== undefined) {
      survivors.push(mutation.name)
      process.stdout.write(`         ${flaw}\n`)
    }
  }
}

const wanted = process.argv[2] ?? ''
const queue = mutations.filter(({ name, file }) => name.includes(wanted) || file.includes(wanted))
const count = queue.length
const survivors: string[] = []
try {
  await Promise.all([work(queue, survivors), work(queue, survivors)])
} finally {
  rmSync(reports, { recursive: true, force: true })
}
process.stdout.write(`\n${count - survivors.length} of ${count} mutations caught\n`)
process.exitCode = survivors.length === 0 ? 0 : 1
