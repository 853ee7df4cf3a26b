import type { Agent } from '@holdpoint/protocol'

import { type Command, dataOption, operand, required, schemaOption } from '../command.ts'
import { sqlForAgent, sqlIntro } from '../controls/sql-instead.ts'
import { CliFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir, readSettings } from '../settings.ts'

const summaries = {
  isolate: 'Lock an agent out: its login, its open connections, its runs',
  release: 'Let an isolated agent in again',
}

/** `holdpoint agent isolate|release` */
export function isolationCommand(verb: 'isolate' | 'release'): Command {
  return {
    name: `agent ${verb}`,
    summary: summaries[verb],
    operands: ['NAME'],
    options: [
      { name: 'reason', value: 'TEXT', text: 'why (required); kept in the audit log' },
      schemaOption,
      dataOption,
    ],
    examples: [`holdpoint agent ${verb} invoice-bot --reason "deletes what it should read"`],
    async run(args, { env, out }) {
      const agentId = operand(args, 0)
      const reason = required(args, 'reason')
      try {
        const api = openServer(readDataDir(args.values, env), 'Nothing was done.')
        const agent = await api.mutate<Agent>(`agents.${verb}`, { agentId, reason })
        out(
          verb === 'isolate'
            ? `${agentId} is isolated: its login ${agent.login ?? ''} is locked and its runs are held.`
            : `${agentId} is released: its login ${agent.login ?? ''} works again.`,
        )
        return 0
      } catch (error) {
        if (!(error instanceof CliFailure) || error.exitCode !== 3) throw error
        const { schema } = readSettings(args.values, env)
        const more = [sqlIntro, ...sqlForAgent(verb, agentId, reason, schema)]
        throw new CliFailure(3, error.message, { more, cause: error })
      }
    },
  }
}
