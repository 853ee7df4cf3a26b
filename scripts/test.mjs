// npm test: every check in order, up to the first that fails. The last line counts them for CI.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import {
  buildWeb,
  checkHostNode,
  fail,
  filesBelow,
  hasWeb,
  install,
  root,
  runNode,
  toolScript,
} from './bootstrap.mjs'
import { canJudge, judgePromises } from './promises.mjs'

const results = join(root, '.check')

/**
 * @typedef {{ passed: number, failed: number }} Count
 * @typedef {object} Step
 * @property {string} id
 * @property {string} title
 * @property {() => Promise<number>} run exit code
 * @property {() => string | undefined} [skip] why there is nothing to check yet
 * @property {(code: number) => Count} [count]
 */

/**
 * @template Report
 * @param {string} file
 * @param {(report: Report) => Count} read
 * @returns {(code: number) => Count}
 */
function countFrom(file, read) {
  return (code) => {
    const path = join(results, file)
    const count = existsSync(path)
      ? read(/** @type {Report} */ (JSON.parse(readFileSync(path, 'utf8'))))
      : { passed: 0, failed: 0 }
    // A run can fail outside any test: a file that does not load, an error after the last one.
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
  }
}

/** @param {{ numPassedTests: number, numFailedTests: number }} report */
const readVitest = ({ numPassedTests, numFailedTests }) => ({
  passed: numPassedTests,
  failed: numFailedTests,
})

/** @param {{ stats: { expected: number, unexpected: number, flaky: number } }} report */
const readPlaywright = ({ stats }) => ({
  passed: stats.expected,
  failed: stats.unexpected + stats.flaky,
})

/**
 * @param {string} name
 * @param {string[]} args
 */
const tool =
  (name, ...args) =>
  () =>
    runNode([toolScript(name), ...args])

/**
 * @param {string[]} folders
 * @param {RegExp} name
 */
const has = (folders, name) =>
  filesBelow(folders.map((folder) => join(root, folder))).some((file) => name.test(file))

const runEndToEnd = () =>
  runNode([toolScript('@playwright/test', 'e2e', 'playwright'), 'test'], { cwd: join(root, 'e2e') })

/** @param {string} file */
const vitestReport = (file) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=.check/${file}`,
]

/** The contract, and what stands on it, on the oldest supported Postgres; all else runs on the newest. */
const runOnOldest = () =>
  runNode(
    [
      toolScript('vitest'),
      'run',
      '--project=postgres',
      'packages/db/',
      'packages/sdk/',
      'apps/server/',
      ...vitestReport('oldest.json'),
    ],
    {
      env: {
        HOLDPOINT_TEST_PG: '16',
        // By day without the models and the agents that are killed: see vitest.config.ts.
        ...(process.env['HOLDPOINT_NIGHTLY'] ? {} : { HOLDPOINT_TEST_SHORT: '1' }),
      },
    },
  )

const hasOldest = () => process.platform === 'linux' && process.arch === 'x64'

/** @type {Step[]} */
const steps = [
  { id: 'format', title: 'Format', run: tool('oxfmt', '--check', '.') },
  { id: 'lint', title: 'Lint', run: tool('oxlint') },
  {
    id: 'layers',
    title: 'Lint bites on planted violations',
    run: () => runNode([join(root, 'lint/planted.ts')]),
  },
  {
    id: 'types',
    title: 'Types',
    // Forced: a changed tsconfig.json does not clear the errors that tsc -b remembers.
    run: () => runNode([toolScript('typescript', '.', 'tsc'), '-b', '--force']),
  },
  { id: 'knip', title: 'Unused code and dependencies', run: tool('knip') },
  {
    id: 'unit',
    title: 'Unit and database tests',
    run: tool('vitest', 'run', ...vitestReport('unit.json')),
    skip: () => (has(['apps', 'packages'], /\.test\.tsx?$/) ? undefined : 'there is no *.test.ts'),
    count: countFrom('unit.json', readVitest),
  },
  {
    id: 'oldest',
    title: 'Database tests on Postgres 16',
    run: runOnOldest,
    skip: () => (hasOldest() ? undefined : 'Postgres 16 is only at hand for Linux x64'),
    count: countFrom('oldest.json', readVitest),
  },
  {
    id: 'web',
    title: 'Web build',
    run: buildWeb,
    skip: () => (hasWeb() ? undefined : 'apps/web has no index.html'),
  },
  {
    id: 'e2e',
    title: 'End to end',
    run: runEndToEnd,
    skip: () => (has(['e2e'], /\.spec\.ts$/) ? undefined : 'e2e has no *.spec.ts'),
    count: countFrom('e2e.json', readPlaywright),
  },
  {
    id: 'promises',
    title: 'The tests that docs/security.md names have run',
    run: async () => judgePromises(),
    skip: () => (canJudge() ? undefined : 'not all tests have run'),
  },
]

/** @returns {Step[]} */
function selected() {
  const at = process.argv.indexOf('--only')
  if (at === -1) return steps
  const ids = (process.argv[at + 1] ?? '').split(',')
  const unknown = ids.filter((id) => !steps.some((step) => step.id === id))
  if (unknown.length > 0) {
    fail(`No such check: ${unknown.join(', ')}. There are ${steps.map(({ id }) => id).join(', ')}.`)
  }
  return steps.filter(({ id }) => ids.includes(id))
}

/**
 * @param {Step} step
 * @returns {Promise<Count>}
 */
async function runStep({ id, title, run, skip, count }) {
  process.stdout.write(`\n== ${title} (${id})\n`)
  const reason = skip?.()
  if (reason !== undefined) {
    process.stdout.write(`-- skipped: ${reason}\n`)
    return { passed: 0, failed: 0 }
  }
  const begin = Date.now()
  const code = await run()
  const seconds = ((Date.now() - begin) / 1000).toFixed(1)
  process.stdout.write(`-- ${title}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`)
  return count?.(code) ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
}

checkHostNode()
const chosen = selected()
install()
rmSync(results, { recursive: true, force: true })
mkdirSync(results)

const total = { passed: 0, failed: 0 }
for (const step of chosen) {
  const { passed, failed } = await runStep(step)
  total.passed += passed
  total.failed += failed
  if (failed > 0) break
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed > 0 ? 1 : 0
