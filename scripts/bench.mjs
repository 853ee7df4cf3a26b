import { checkHostNode, install, root, runNode } from './bootstrap.mjs'

checkHostNode()
install()
process.exitCode = await runNode([`${root}/bench/main.ts`, ...process.argv.slice(2)])
