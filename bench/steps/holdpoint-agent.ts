import { Worker } from '@holdpoint/sdk'

import { answerSlices } from '../peers/slices.ts'

/**
 * Holdpoint as a contestant: an agent with the real SDK. As `step` each durable step is a `run.step` (begin_step,
 * end_step); as `action` each is a `step.action` inside one step (begin_action, end_action).
 */
const kind = process.argv[2] === 'action' ? 'action' : 'step'
const result = 'x'.repeat(1000)
const worker = new Worker({ poolSize: 32 })

await worker.ownAgent()
answerSlices(async (runs, take) => {
  const one = async (): Promise<void> =>
    worker.supervise({ agent: 'bench', goal: 'Take one more step' }, async (run) => {
      if (kind === 'step') return take(async () => run.step('step', () => result))
      await run.step('step', async (step) =>
        take(async () => step.action('tool', { target: 'bench' }, () => result)),
      )
    })
  await Promise.all(Array.from({ length: runs }, one))
})
