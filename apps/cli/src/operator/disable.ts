import { type Command, dataOption, operand } from '../command.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const operatorDisableCommand: Command = {
  name: 'operator disable',
  summary: 'End all that a person has: sessions, links, tokens',
  operands: ['NAME'],
  options: [{ name: 'reason', value: 'TEXT', text: 'why, for the log' }, dataOption],
  notes: ['Nobody is removed, for the log names them. The console can enable them again.'],
  examples: ['holdpoint operator disable tom --reason "left"'],
  async run(args, { env, err }) {
    const name = operand(args, 0)
    const api = openServer(readDataDir(args.values, env), 'Nobody was disabled.')
    await api.mutate('operators.disable', { name, reason: args.values['reason'] ?? null })
    err(`${name} may do nothing any more.`)
    return 0
  },
}
