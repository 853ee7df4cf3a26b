import { type Role, roles } from '@holdpoint/protocol'

import { type Command, dataOption, operand } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { listed } from './listed.ts'

const isRole = (word: string): word is Role => roles.some((role) => role === word)

/** @throws CliFailure with exit code 2 */
function rolesOf(text: string | undefined): Role[] {
  const words = listed(text) ?? ['viewer']
  const wrong = words.find((word) => !isRole(word))
  if (wrong !== undefined)
    throw usageFailure(
      `"${wrong}" is no role. Nobody was added; roles are ${roles.join(', ')}, by comma.`,
    )
  return words.filter(isRole)
}

export const operatorAddCommand: Command = {
  name: 'operator add',
  summary: 'Add a person and print a link that signs them in, once',
  operands: ['NAME'],
  options: [
    { name: 'role', value: 'ROLES', text: `${roles.join(', ')}; several by comma (viewer)` },
    { name: 'agents', value: 'AGENTS', text: 'they may command these only, by comma' },
    { name: 'email', value: 'ADDRESS', text: 'their address, kept with their name' },
    dataOption,
  ],
  notes: ['What they may see is not limited: everyone who is signed in sees the whole fleet.'],
  examples: [
    'holdpoint operator add maria --role reviewer',
    'holdpoint operator add tom --role operator,reviewer --agents refund-agent',
  ],
  async run(args, { env, out, err }) {
    const name = operand(args, 0)
    const asked = {
      name,
      roles: rolesOf(args.values['role']),
      agents: listed(args.values['agents']),
      email: args.values['email'] ?? null,
    }
    const api = openServer(readDataDir(args.values, env), 'Nobody was added.')
    await api.mutate('operators.add', asked)
    const { url } = await api.mutate<{ url: string }>('operators.link', { name })
    out(url)
    err(`Whoever opens it within 24 hours is signed in as ${name}. It works once.`)
    return 0
  },
}
