import { buildWeb, checkHostNode, fail, hasWeb, install, root } from './bootstrap.mjs'
import { supervise } from './supervise.mjs'

checkHostNode()
install()
if (hasWeb() && (await buildWeb()) !== 0) fail('The web build failed; the reason is above.')
supervise([{ args: [`${root}/apps/cli/src/main.ts`, 'start', ...process.argv.slice(2)] }])
