import { type Command, dataOption } from '../command.ts'
import { CliFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const signInCommand: Command = {
  name: 'sign-in',
  summary: 'Print a fresh link that signs one person in',
  operands: [],
  options: [dataOption],
  examples: ['holdpoint sign-in'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'No link was made.')
    const { url } = await api.post<{ url?: string }>('/api/sign-in-link')
    if (typeof url !== 'string')
      throw new CliFailure(1, 'The server answered without a link. Try: holdpoint --version')
    out(url)
    return 0
  },
}
