import { setTimeout as sleep } from 'node:timers/promises'

import { aRun } from './fleet-runs.ts'
import { addPerson, ask } from './people.ts'
import { runThat } from './shots.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'

const long = 'quarterly-reconciliation-of-supplier-invoices'

/** A request with all that one can carry. */
const request = (run: string, agent: string, n: number): string =>
  `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, arguments_schema, consequence, risk,
     reversible, agent_reason, expires_at)
   values ('${run}', '${agent}', 'payments.refund', 'order ${990 + n}', '{"order": ${990 + n}, "amount": 129.9}',
     '{"type": "object", "properties": {"amount": {"type": "number", "maximum": 500}}, "required": ["order", "amount"]}',
     '{"before": {"status": "paid"}, "after": {"status": "refunded"}, "rows": 1}', 'high', false,
     'The customer sent it back on Monday and asks where the money is.',
     clock_timestamp() + interval '${n === 1 ? '1 second' : `${n * 7} minutes`}')`

async function asksOften(stack: Stack): Promise<void> {
  const url = await stack.addAgent(long)
  for (let n = 1; n <= 24; n += 1) {
    const run = await aRun(url, long, `Pay back what order ${990 + n} cost, and tell the customer`)
    await sql(url, request(run, long, n))
  }
}

async function people(stack: Stack): Promise<void> {
  await addPerson(stack, 'ana', ['reviewer'])
  await addPerson(stack, 'ben', ['reviewer'])
  await addPerson(stack, 'maximiliane.von-hohenstein@example.org', ['operator'], [long])
}

/** Requests of the other kinds, and one whose words would like to be more than words. */
async function asksOtherwise(stack: Stack): Promise<void> {
  const agent = 'letter-writer'
  const url = await stack.addAgent(agent)
  const asks = async (rest: string): Promise<void> => {
    const run = await aRun(url, agent, 'Answer the letters that came in over the weekend')
    const [columns, values] = rest.split('|')
    await sql(
      url,
      `insert into approval_queue (workflow_id, requested_by, ${columns}) values ('${run}', '${agent}', ${values})`,
    )
  }
  await asks(
    `kind, arguments, agent_reason|'output', '{"to": "m.okafor@example.org", "subject": "Your shelf", "text": "It leaves on Tuesday. The second box follows a day later, at no cost."}', 'The customer asked twice.'`,
  )
  await asks(
    `kind, tool, target, arguments, risk, reversible, agent_reason|'change', 'skills.publish', 'letters',
     '{"what": "skill", "name": "letters", "from": {"tone": "friendly", "signed": "The shop"}, "to": {"tone": "formal", "signed": "The shop"}}',
     'medium', true, 'Three customers asked for it.'`,
  )
  await asks(
    `tool, target, arguments, agent_reason, risk|'<b>mail.send</b>', 'pay \u202Eelpmaxe ${'x'.repeat(300)}', '{"<script>": "<img src=x onerror=alert(1)>", "endless": "${'y'.repeat(3000)}"}',
     'Already approved by the owner. Press approve at once! ${'z'.repeat(700)}', 'low'`,
  )
}

/** Rows of the audit log whose words would like to be more than words, or more than fit. */
async function writesOddly(stack: Stack): Promise<void> {
  const agent = 'odd-writer'
  const url = await stack.addAgent(agent)
  const run = await aRun(url, agent, '<script>alert(1)</script> pay \u202Eelpmaxe')
  await sql(
    url,
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_before, data_after) values
     ('${agent}', '${run}', '<img src=x onerror=alert(1)>', 'prices', 'pay \u202Eelpmaxe', '{"net": 1}', '{"net": "${'x'.repeat(400)}"}'),
     ('${agent}', '${run}', 'operator ana approved it', 'prices', 'p1', '"low"', '"high"'),
     ('${agent}', '${run}', '${'w'.repeat(300)}', '${'t'.repeat(300)}', '${'r'.repeat(300)}', null, '{"deep": {"a": 1}}'),
     ('${agent}', '${run}', 'price.set', 'prices', 'p7', '{"net": 7, "list": [{"a": 1}]}', '{"net": 14, "list": [], "why": "a sale"}')`,
  )
}

/** A request that waits for two people, of whom one has left. */
async function lacksPeople(stack: Stack): Promise<void> {
  const agent = 'stock-keeper'
  const left = 'finn'
  await addPerson(stack, left, ['reviewer'])
  await ask(stack, 'policies.save', {
    spec: {
      name: 'Writing off takes two',
      tool: 'stock.write_off',
      gate: true,
      quorum: [{ name: 'stock', count: 2, members: ['operator:ana', `operator:${left}`] }],
    },
    reason: 'nobody writes off alone',
  })
  const url = await stack.addAgent(agent)
  const run = await aRun(url, agent, 'Count shelf 7')
  await sql(
    url,
    `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, risk)
     values ('${run}', '${agent}', 'stock.write_off', 'shelf 7', '{"boxes": 3}', 'medium')`,
  )
  await ask(stack, 'operators.disable', { name: left, reason: 'left' })
}

/** What a policy, a policy for drift and a channel that fails look like. */
async function policies(stack: Stack): Promise<void> {
  await ask(stack, 'policies.save', {
    spec: {
      name: 'Refunds take two',
      agentId: null,
      skill: null,
      tool: 'payments.refund',
      gate: true,
      autoApprove: null,
      quorum: [{ name: 'on-call', count: 2, members: ['operator:ana', 'operator:ben'] }],
      fourEyes: true,
      expiresAfterS: null,
      onExpiry: 'hold',
      escalation: null,
      checkInHours: null,
      checkInSteps: null,
    },
    reason: 'a refund cannot be taken back',
  })
  await stack.owner.query(
    `insert into holdpoint.drift_policies (agent_id, version, settings, holds, author)
     values ('shelf-searcher', 1, '{"loopAt": 1, "repeats": 8}', true, 'operator:ana')`,
  )
  await ask(stack, 'channels.add', {
    kind: 'webhook',
    name: 'On-call room',
    url: 'http://127.0.0.1:9/hook',
    wants: { classes: ['approval.requested'], reasons: [], agents: [], minimumRisk: null },
  })
}

async function searches(stack: Stack): Promise<void> {
  const url = await stack.addAgent('shelf-searcher')
  const spec = { agent: 'shelf-searcher', goal: 'Find a blue shelf', leaseMs: 3000 }
  stack.sdkAgent('searcher.ts', url, JSON.stringify({ ...spec, runId: crypto.randomUUID() }))
}

const told = (error: unknown) => process.stderr.write(`not staged: ${String(error)}\n`)

/** States that the fleet itself does not come to in a minute. */
export async function stage(stack: Stack): Promise<void> {
  await people(stack).catch(told)
  await policies(stack).catch(told)
  await searches(stack).catch(told)
  await asksOften(stack).catch(told)
  await asksOtherwise(stack).catch(told)
  await writesOddly(stack).catch(told)
  await lacksPeople(stack).catch(told)
  await sleep(8000)
  const why = ['--reason', 'looking at it']
  const running = `status = 'running' and seq > 3`
  await stack.holdpoint('pause', await runThat(stack, running), ...why)
  await stack.holdpoint('kill', await runThat(stack, running), '--reason', 'wrong customer')
  await stack.holdpoint('agent', 'isolate', 'nightly-report', '--reason', 'writes too much')
}
