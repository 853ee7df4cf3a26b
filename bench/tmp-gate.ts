import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { Client } from 'pg'

import { startBenchDatabase } from './bench-database.ts'
const db = await startBenchDatabase()
try {
  const admin = new Client({ connectionString: db.adminUrl })
  await admin.connect()
  const patch = process.argv[2]
  const agent = new Client({ connectionString: db.agentUrl })
  await agent.connect()
  await agent.query('set synchronous_commit=off')
  const digest = 'a'.repeat(64)
  const request = { to: 'someone@example.com', body: 'x'.repeat(200) }
  const run = randomUUID()
  await agent.query('select start_run($1)', [
    { agentId: 'bench', runId: run, worker: 'bench', leaseMs: 3_600_000, goal: 'Send' },
  ])
  const cpu = async (): Promise<number> => {
    const pid = (agent as unknown as { processID: number }).processID
    const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(f[11]) + Number(f[12])) * 10
  }
  const round = async (n: number) => {
    const c0 = await cpu()
    for (let i = 0; i < n; i++) {
      await agent.query({
        name: 'gate',
        text: 'select begin_action($1, 1, $2::jsonb)',
        values: [
          run,
          JSON.stringify({
            tool: 'send',
            target: 'm',
            digest,
            request,
            key: randomBytes(8).toString('hex'),
          }),
        ],
      })
    }
    return ((await cpu()) - c0) / n
  }
  const step = async (n: number, tag: string) => {
    const c0 = await cpu()
    for (let i = 0; i < n; i++) {
      await agent.query({
        name: 'bs',
        text: 'select begin_step($1, 1, $2, $3, null)',
        values: [run, 's' + tag, i + 1],
      })
      await agent.query({
        name: 'es',
        text: 'select end_step($1, 1, $2, $3, $4::jsonb)',
        values: [run, 's' + tag, i + 1, JSON.stringify({ result: 'x'.repeat(1000) })],
      })
    }
    return ((await cpu()) - c0) / n
  }
  await round(1000)
  await step(500, 'w')
  for (let k = 0; k < 3; k++) {
    console.log(
      'before gate',
      (await round(3000)).toFixed(4),
      'step',
      (await step(1500, 'a' + k)).toFixed(4),
      'ms cpu',
    )
  }
  if (patch) {
    await admin.query('set search_path=holdpoint')
    await admin.query(readFileSync(patch, 'utf8'))
    await round(500)
    await step(200, 'v')
    for (let k = 0; k < 3; k++)
      console.log(
        'after gate',
        (await round(3000)).toFixed(4),
        'step',
        (await step(1500, 'b' + k)).toFixed(4),
        'ms cpu',
      )
  }
  await admin.end()
  await agent.end()
} finally {
  await db.stop()
}
