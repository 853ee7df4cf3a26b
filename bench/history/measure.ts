import { openDatabase } from '@holdpoint/server/database'
import { createCaller } from '@holdpoint/server/router'
import { Seal } from '@holdpoint/server/seal'
import { Client } from 'pg'

import { Samples } from '../samples.ts'
import type { Question } from './questions.ts'

const first = 2

export interface Measured {
  readonly ours: Samples
  readonly peer: Samples
}

/** Asks each question `times` times in turn with the look-up of the same rows, after two that do not count. */
export async function measure(
  serverUrl: string,
  questions: readonly Question[],
  times: number,
): Promise<Measured[]> {
  const database = openDatabase(serverUrl, (line) => process.stderr.write(`${line}\n`))
  const client = new Client({ connectionString: serverUrl, options: '-c jit=off' })
  await client.connect()
  try {
    const measured: Measured[] = []
    for (const question of questions) {
      const ours = new Samples()
      const peer = new Samples()
      for (let nth = -first; nth < times; nth++) {
        const asked = performance.now()
        const answer = await ask(database, question).catch(() => undefined)
        const answered = performance.now()
        if (answer === undefined) {
          ours.add(Number.POSITIVE_INFINITY)
          continue
        }
        await client.query(question.peer, [question.keys(answer as never)])
        if (nth < 0) continue
        ours.add(answered - asked)
        peer.add(performance.now() - answered)
      }
      measured.push({ ours, peer })
    }
    return measured
  } finally {
    await client.end()
    await database.close()
  }
}

type Ask = (input: object) => Promise<unknown>

/** The answer, once it could be sent. */
async function ask(
  database: ReturnType<typeof openDatabase>,
  { procedure, input }: Question,
): Promise<unknown> {
  const procedures = createCaller({
    caller: { actor: 'operator:bench', person: 'operator:bench', scopes: ['read'] },
    database,
    // Only commands ask for these.
    outbound: { seal: new Seal('key of the benchmark'), hasMailServer: false },
    waysIn: () => ({ provider: null, trustedProxies: [] }),
    live: () => ({
      vitals: { database: 'up', asOf: null, lagMs: 0, clockSkewMs: 0 },
      viewers: 0,
    }),
    signInUrl: () => '',
    system: { environment: 'bench', version: '0', embedded: true, startedAt: '' },
    log: (line) => process.stderr.write(`${line}\n`),
  })
  const [noun = '', verb = ''] = procedure.split('.')
  const answer = await (procedures as unknown as Record<string, Record<string, Ask>>)[noun]?.[
    verb
  ]?.(input)
  Buffer.from(JSON.stringify(answer))
  return answer
}
