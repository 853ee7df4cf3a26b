import type { Approval } from '@holdpoint/protocol'

import { type Command, dataOption, jsonOption } from '../command.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { approvalTable, lackingLines } from './approval-lines.ts'
import { openApprovals } from './find-approval.ts'

export const approvalsCommand: Command = {
  name: 'approvals',
  summary: 'List what agents ask for, the longest waiting first',
  operands: [],
  options: [jsonOption, dataOption],
  notes: ['Only what waits for a decision: holdpoint approve, holdpoint reject.'],
  examples: ['holdpoint approvals', 'holdpoint approvals --json'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'Nothing was read.')
    const open: Approval[] = []
    for await (const page of openApprovals(api)) open.push(...page)
    if (args.switches.has('json')) out(JSON.stringify(open, null, 2))
    else if (open.length === 0) out('Nothing waits for a decision.')
    else for (const line of [...lackingLines(open), ...approvalTable(open, Date.now())]) out(line)
    return 0
  },
}
