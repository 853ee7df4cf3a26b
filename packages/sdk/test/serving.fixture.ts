import { HoldpointError, type Run, Worker } from '../src/index.ts'
import { askFirst, payGated } from './asking.ts'

// An agent in a process of its own: serves its queue, and reaches the outside world over HTTP in each step, once
// outside the gate (so that a test sees a step that is repeated) and once as an action.
interface Settings {
  readonly name: string
  readonly agent: string
  readonly leaseMs: number
  readonly atATime?: number
  readonly version?: string
  readonly resumes?: string[]
  readonly effects: string
}

const settings = JSON.parse(process.argv[2] ?? '') as Settings
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

async function reach(path: string, signal: AbortSignal): Promise<string> {
  const url = `${settings.effects}/${encodeURIComponent(path)}`
  const answer = await fetch(url, { signal, headers: { 'x-by': settings.name } })
  return answer.text()
}

interface Job {
  readonly steps: number
  readonly idempotent?: boolean
  done: string[]
}

async function work(run: Run<Job>): Promise<void> {
  run.signal.addEventListener('abort', () => say(`aborted ${nameOf(run.signal.reason)}`))
  for (let n = 1; n <= run.memory.steps; n += 1) {
    await run.step('work', { input: n }, async (step) => {
      await reach(`${run.id} step ${n}`, step.signal)
      const options = {
        request: { n },
        key: `${run.id} action ${n}`,
        idempotent: run.memory.idempotent === true,
      }
      await step.action('post', options, async (signal) => reach(options.key, signal))
      run.memory.done.push(`step ${n}`)
    })
  }
}

function nameOf(error: unknown): string {
  if (error instanceof HoldpointError) return error.code
  return error instanceof Error ? error.message : String(error)
}

// Whoever started this is gone: nothing of a test stays behind.
process.stdin
  .once('end', () => process.exit(1))
  .resume()
  .unref()

const { name, agent, leaseMs, atATime, version, resumes } = settings
const worker = new Worker({ name, leaseMs, log: () => undefined })
process.once('SIGTERM', () => void worker.close())
say('ready')
await worker.serve(
  {
    work: { version, resumes, work },
    'ask first': { work: async (run: Run<object>) => askFirst(run, reach) },
    'pay gated': { work: async (run: Run<object>) => payGated(run, reach) },
  },
  {
    agent,
    pollMs: 100,
    atATime: atATime ?? 1,
    ended: (_, error) => say(error === undefined ? 'ended' : `ended ${nameOf(error)}`),
  },
)
