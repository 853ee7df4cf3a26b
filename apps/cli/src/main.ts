import { askAtTerminal } from './ask.ts'
import { runCli } from './cli.ts'

const LINGER_MS = 2000

// `holdpoint runs | head` closes the pipe early.
process.stdout.on('error', () => process.exit())

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  terminal: process.stdout.isTTY,
  ask: askAtTerminal,
})
// A socket or a timer that someone forgot must not keep a finished command open.
setTimeout(() => process.exit(), LINGER_MS).unref()
