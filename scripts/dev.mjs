// The server restarts and the browser updates on every change.
import { checkHostNode, install, root, toolScript } from './bootstrap.mjs'
import { supervise } from './supervise.mjs'

checkHostNode()
install()
supervise([
  { args: ['--watch', `${root}/apps/cli/src/main.ts`, 'start', ...process.argv.slice(2)] },
  { args: [toolScript('vite', 'apps/web')], cwd: `${root}/apps/web` },
])
