// Whether each test that docs/security.md names has run: read from what the test runners wrote down.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { root } from './bootstrap.mjs'

/** @typedef {{ passed: number, others: number }} Ran */

/**
 * @template Report
 * @param {string} name
 * @returns {Report | undefined}
 */
function report(name) {
  const path = join(root, '.check', name)
  return existsSync(path)
    ? /** @type {Report} */ (JSON.parse(readFileSync(path, 'utf8')))
    : undefined
}

/** @param {Map<string, Ran>} ran @param {string} file @param {boolean} passed */
function note(ran, file, passed) {
  const { passed: was, others } = ran.get(file) ?? { passed: 0, others: 0 }
  ran.set(file, { passed: was + Number(passed), others: others + Number(!passed) })
}

/** @param {Map<string, Ran>} ran */
function readUnit(ran) {
  /** @type {{ testResults: { name: string, assertionResults: { status: string }[] }[] } | undefined} */
  const unit = report('unit.json')
  for (const { name, assertionResults } of unit?.testResults ?? [])
    for (const { status } of assertionResults) note(ran, relative(root, name), status === 'passed')
}

/** @typedef {{ file: string, tests: { status: string }[] }} Spec */
/** @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite */

/** @param {Map<string, Ran>} ran @param {Suite} suite */
function readSuite(ran, { specs = [], suites = [] }) {
  for (const { file, tests } of specs)
    for (const { status } of tests) note(ran, `e2e/${file}`, status === 'expected')
  for (const suite of suites) readSuite(ran, suite)
}

/** Only what both kinds of tests have said is judged: a part of the checks says nothing of the other. */
export const canJudge = () =>
  existsSync(join(root, '.check/unit.json')) && existsSync(join(root, '.check/e2e.json'))

/** @returns {number} exit code */
export function judgePromises() {
  /** @type {Map<string, Ran>} */
  const ran = new Map()
  readUnit(ran)
  readSuite(ran, report('e2e.json') ?? {})
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8')
  const named = new Set(text.match(/(?<=`)[\w./-]+\.(?:test|spec)\.ts(?=`)/g))
  const unkept = [...named].flatMap((file) => {
    const { passed, others } = ran.get(file) ?? { passed: 0, others: 0 }
    return passed > 0 && others === 0 ? [] : [`${file}: ${passed} passed, ${others} did not`]
  })
  for (const line of unkept) process.stdout.write(`${line}\n`)
  process.stdout.write(`${named.size - unkept.length} of ${named.size} named tests have run\n`)
  return unkept.length === 0 && named.size > 0 ? 0 : 1
}
