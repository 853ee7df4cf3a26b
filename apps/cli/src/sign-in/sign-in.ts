import { firstPerson } from '@holdpoint/protocol'

import { type Command, dataOption } from '../command.ts'
import { CliFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const signInCommand: Command = {
  name: 'sign-in',
  summary: 'Print a fresh link that signs one person in',
  operands: [],
  optional: ['NAME'],
  options: [dataOption],
  notes: [`NAME is who signs in; without it, ${firstPerson}: the first person of an installation.`],
  examples: ['holdpoint sign-in', 'holdpoint sign-in maria'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'No link was made.')
    const name = args.positionals[0] ?? firstPerson
    const { url } = await api.mutate<{ url?: string }>('operators.link', { name })
    if (typeof url !== 'string')
      throw new CliFailure(1, 'The server answered without a link. Try: holdpoint --version')
    out(url)
    return 0
  },
}
