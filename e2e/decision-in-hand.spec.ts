import { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { expect, test } from './test.ts'

// Whatever is killed while an agent waits for an answer, or has it and not yet acted: it acts once, as it was told.
// Nothing is looked at in a browser here: it is about the processes.

interface Asking {
  readonly run: string
  readonly url: string
  /** The processes that have worked on it, the last one at work. */
  readonly agents: Program[]
}

const AGENT = 'waits-to-pay'
const agentOf = (stack: Stack, url: string, run: string): Program =>
  stack.sdkAgent('waits-to-pay.ts', url, AGENT, run)

async function asking(stack: Stack, url: string): Promise<Asking> {
  const run = crypto.randomUUID()
  return { run, url, agents: [agentOf(stack, url, run)] }
}

const says = async ({ agents }: Asking, line: string): Promise<void> =>
  expect.poll(() => agents.at(-1)?.out, { message: agents.at(-1)?.err ?? '' }).toContain(line)

/** The request of a run, once it is there; asked of a database that may be coming back. */
async function askedBy(stack: Stack, { run }: Asking): Promise<string> {
  let id = ''
  const read = async (): Promise<string> => {
    const { rows } = await stack.owner.query<{ id: string }>(
      'select approval_id as id from approval_queue where workflow_id = $1',
      [run],
    )
    return (id = rows[0]?.id ?? '')
  }
  await expect.poll(async () => read().catch(() => '')).not.toBe('')
  return id
}

/** A yes through the server, which may be coming back. */
async function approve(stack: Stack, id: string): Promise<void> {
  const said = async (): Promise<string> => {
    const { code, err } = await stack.holdpoint('approve', id, '--reason', 'right', '--yes')
    return code === 0 ? 'approved' : err
  }
  // A first answer that was lost on its way was given all the same.
  await expect.poll(said).toMatch(/^approved$|was approved by/)
}

/** And asked once: a second request would be a second row. */
async function paysOnce(stack: Stack, each: Asking): Promise<void> {
  each.agents.at(-1)?.say('go')
  await says(each, 'complete')
  const said = each.agents.map(({ out }) => out).join('')
  expect(said.match(/^paid .*$/gm)).toEqual(['paid {"eur":129.9,"order":1042}'])
  expect(said.match(/^looked$/gm)).toHaveLength(1)
  const { rows } = await stack.owner.query(
    `select w.status, a.state, a.attempt, q.digest = a.digest and q.consumed_by = a.action_id as bound
     from workflow_checkpoints w join actions a using (workflow_id) join approval_queue q using (workflow_id)
     where w.workflow_id = $1`,
    [each.run],
  )
  expect(rows).toEqual([{ status: 'complete', state: 'confirmed', attempt: 1, bound: true }])
}

async function onStack(work: (stack: Stack, url: string) => Promise<void>): Promise<void> {
  const stack = await Stack.start()
  try {
    await work(stack, await stack.addAgent(AGENT))
  } finally {
    await stack.end()
  }
}

test('the server is killed, and then the database, before the answer and after it: it is acted on once', async () => {
  await onStack(async (stack, url) => {
    const [server, database] = [await asking(stack, url), await asking(stack, url)]
    const asked = [await askedBy(stack, server), await askedBy(stack, database)]

    // The server, between asking and deciding.
    await stack.restartServer()
    await approve(stack, asked[0] ?? '')
    await says(server, 'answer approved')
    // And between deciding and acting: agents depend on the database alone.
    await stack.crash()
    await paysOnce(stack, server)
    await stack.begin()

    // The database, between asking and deciding.
    await stack.killPostgres()
    await approve(stack, asked[1] ?? '')
    await says(database, 'answer approved')
    // And between deciding and acting.
    await stack.killPostgres()
    await paysOnce(stack, database)
  })
})

test('everything is killed at once, after the answer: a new process has it in hand @nightly', async () => {
  await onStack(async (stack, url) => {
    const each = await asking(stack, url)
    await approve(stack, await askedBy(stack, each))
    await says(each, 'answer approved')
    await Promise.all([each.agents[0]?.kill(), stack.crash()])
    await stack.killPostgres()
    await stack.begin()
    each.agents.push(agentOf(stack, url, each.run))
    await says(each, 'answer approved')
    await paysOnce(stack, each)
  })
})
