import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { createTestDatabase, temporaryFolder } from '@holdpoint/db/testing'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, expect, test } from 'vitest'

import { checkAndRun, installIn, packSdk } from './empty-folder.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tarballs = packSdk(join(folder, 'tarballs'))

// ES modules only, which Node from 22 on can also require; a resolver from before `exports` finds nothing.
const esmOnly = new Set(['node10', 'node16-cjs'])

test.each(tarballs.map((file) => ({ name: basename(file), file })))(
  '$name is what npm, Node and TypeScript expect a package to be',
  async ({ file }) => {
    const tarball = readFileSync(file)
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: new Uint8Array(tarball).buffer },
    })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
    const checked = await checkPackage(createPackageFromTarballData(tarball))
    if (checked.types === false) throw new Error('there are no types in it')
    const problems = checked.problems.filter(
      (problem) => !('resolutionKind' in problem && esmOnly.has(problem.resolutionKind)),
    )
    expect(problems).toEqual([])
  },
)

/** The first example of the documentation: what it shows must work for whoever copies it. */
function documentedAgent(): string {
  const docs = readFileSync(new URL('../../../docs/sdk.md', import.meta.url), 'utf8')
  const code = /```ts\n(?<code>[\s\S]+?)```/.exec(docs)?.groups?.['code']
  if (code === undefined) throw new Error('docs/sdk.md has no example')
  return code
}

test('installed from its tarball into an empty folder, it type-checks and runs the documented agent', async () => {
  const db = await createTestDatabase()
  const project = join(folder, 'project')
  installIn(project, tarballs)
  writeFileSync(join(project, 'agent.ts'), documentedAgent())
  checkAndRun(project, 'agent.ts', db.trialUrl)
  const { rows } = await db.server.query(
    'select w.status, a.state from workflow_checkpoints w join actions a using (workflow_id)',
  )
  expect(rows).toEqual([{ status: 'complete', state: 'confirmed' }])
})
