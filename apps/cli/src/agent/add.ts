import { addAgent, agentLoginName, LoginError, LoginExistsError } from '@holdpoint/db'

import { type Command, dataOption, operand, schemaOption } from '../command.ts'
import { checkUsable } from '../database/connect.ts'
import { findAdminUrl } from '../database/find.ts'
import { CliFailure } from '../failure.ts'
import { readSettings } from '../settings.ts'

const undone = 'No login was made.'

export const agentAddCommand: Command = {
  name: 'agent add',
  summary: 'Make a database login for one agent and print its connection string, once',
  operands: ['NAME'],
  options: [
    { name: 'rotate', text: 'give an existing login a new password; an isolated one stays locked' },
    schemaOption,
    dataOption,
  ],
  notes: [
    'NAME becomes the agent_id that this login may write. The password is kept nowhere: store the line',
    'it prints. DATABASE_URL, or the embedded database, must be reachable; the server need not run.',
  ],
  examples: ['holdpoint agent add invoice-bot'],
  async run(args, { env, out, err }) {
    const name = operand(args, 0)
    const settings = readSettings(args.values, env)
    const adminUrl = findAdminUrl(settings, undone)
    const rotate = args.switches.has('rotate')
    try {
      await checkUsable(adminUrl, undone)
      out(await addAgent({ adminUrl, name, schema: settings.schema, rotate }))
      err(`This is the only time that the password of ${agentLoginName(name)} is shown.`)
      return 0
    } catch (error) {
      if (!(error instanceof LoginError)) throw error
      if (error instanceof LoginExistsError)
        throw new CliFailure(
          1,
          `The agent ${name} has a login already. ${undone} Choose another name, or give it a new password with --rotate: the old one stops working.`,
          { cause: error },
        )
      throw new CliFailure(1, `${error.message} ${undone}`, { cause: error })
    }
  },
}
