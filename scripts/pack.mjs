// npm run pack [folder]: builds what agent authors install, and packs it as it would be published.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { checkHostNode, fail, install, root, runNode, toolScript } from './bootstrap.mjs'

const folders = ['packages/protocol', 'packages/sdk'].map((folder) => join(root, folder))
const target = resolve(process.argv[2] ?? join(root, 'dist'))
const windows = process.platform === 'win32'

const { packageManager } = /** @type {{ packageManager: string }} */ (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
)

checkHostNode()
if (!existsSync(join(root, 'node_modules/typescript'))) install()
for (const folder of folders) rmSync(join(folder, 'dist'), { recursive: true, force: true })
const projects = folders.map((folder) => join(folder, 'tsconfig.build.json'))
const code = await runNode([toolScript('typescript', '.', 'tsc'), '-b', '--force', ...projects])
if (code !== 0) fail('The packages do not compile; the reason is above.')

mkdirSync(target, { recursive: true })
for (const cwd of folders) {
  // pnpm puts in what publishConfig says, and versions for workspace: and catalog:.
  const args = ['--yes', packageManager, 'pack', '--pack-destination', target]
  const { status } = spawnSync('npx', args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
  })
  if (status !== 0) fail(`${cwd} could not be packed.`)
}
process.stdout.write(`Packed into ${target}\n`)
