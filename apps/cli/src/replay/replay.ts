import { existsSync } from 'node:fs'

import { FormatError } from '@holdpoint/recordings'

import { type Command, dataOption, operand } from '../command.ts'
import { readConnection } from '../connection-file.ts'
import { checkUsable } from '../database/connect.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { checkDatabaseUrl, readDataDir } from '../settings.ts'

const undone = 'Nothing was replayed.'

export const replayCommand: Command = {
  name: 'replay',
  summary: 'Play recorded agent runs into Holdpoint as if they happened now',
  operands: ['FILE'],
  options: [
    { name: 'speed', value: 'N', text: 'so many times as fast as recorded (default 1)' },
    { name: 'runs', value: 'N', text: 'so many runs at a time (default all)' },
    {
      name: 'agent-url',
      value: 'URL',
      text: 'write with this login (default: the trial login of the running Holdpoint)',
    },
    dataOption,
  ],
  notes: [
    'Each run is written step by step with plain SQL or the SDK, and can be paused and killed.',
  ],
  examples: ['holdpoint replay recordings.json --speed 20 --runs 50'],
  async run(args, { env, err }) {
    const file = operand(args, 0)
    if (!existsSync(file))
      throw new CliFailure(1, `There is no file ${file}. ${undone} Check its path.`)
    const speed = readNumber(args.values['speed'], 'speed', false) ?? 1
    const runs = readNumber(args.values['runs'], 'runs', true)
    const given = args.values['agent-url']
    if (given !== undefined) checkDatabaseUrl(given, '--agent-url')
    const url = given ?? readConnection(readDataDir(args.values, env))?.agentUrl
    if (url === undefined)
      throw new CliFailure(
        3,
        `No Holdpoint runs on ${readDataDir(args.values, env)}. ${undone} Start it with "holdpoint start", or give --agent-url.`,
      )
    await checkUsable(url, undone)
    const { replayFile } = await import('./replay-file.ts')
    const stop = new AbortController()
    const abort = (): void => stop.abort()
    process.once('SIGINT', abort).once('SIGTERM', abort)
    try {
      const { failed } = await replayFile({ file, speed, runs, url, signal: stop.signal, log: err })
      return failed === 0 ? 0 : 1
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      throw new CliFailure(1, `${error.message} ${undone}`, { cause: error })
    } finally {
      process.off('SIGINT', abort).off('SIGTERM', abort)
    }
  },
}

function readNumber(text: string | undefined, name: string, whole: boolean): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (number > 0 && Number.isFinite(number) && (!whole || Number.isInteger(number))) return number
  throw usageFailure(
    `--${name} is "${text}": give a ${whole ? 'whole ' : ''}number above 0. ${undone}`,
  )
}
