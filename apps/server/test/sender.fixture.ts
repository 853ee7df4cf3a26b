import { Seal } from '../src/database/seal.ts'
import { Sender } from '../src/notifications/sending/sender.ts'

/** A sender in a process of its own, to be killed: node sender.fixture.ts SERVER_URL SEAL_KEY */
const [serverUrl = '', key = ''] = process.argv.slice(2)
new Sender({
  serverUrl,
  seal: new Seal(key),
  mail: undefined,
  log: (line) => process.stderr.write(`${line}\n`),
  place: () => ({ url: 'http://console.test', environment: 'test' }),
}).start()
