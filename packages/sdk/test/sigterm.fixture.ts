import { supervise } from '../src/index.ts'

// An agent in a process of its own: it says which run it works on, and works until it is told to stop.
await supervise({ agent: 'clerk', log: () => undefined }, async (run) => {
  await run.step('one', () => 'done')
  await run.step('two', async (step) => {
    await step.action('hang', { idempotent: true }, async (signal) => {
      process.stdout.write(`${run.id}\n`)
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('told to stop')))
      })
    })
  })
}).catch(() => undefined)
