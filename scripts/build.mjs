import { buildWeb, checkHostNode, fail, hasWeb, install } from './bootstrap.mjs'

checkHostNode()
install()
if (!hasWeb()) fail('There is no apps/web/index.html to build yet.')
process.exitCode = await buildWeb()
