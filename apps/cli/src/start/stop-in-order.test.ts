import { expect, it } from 'vitest'

import { stopSteps } from './stop-in-order.ts'

it('stops the last first, and goes on past a step that fails or hangs', async () => {
  const seen: string[] = []
  const steps = stopSteps((line) => seen.push(line))
  steps.add('database', 1000, async () => void seen.push('database'))
  steps.add('server', 20, async () => new Promise(() => undefined))
  steps.add('fleet', 1000, async () => {
    throw new Error('no')
  })
  await steps.run()
  expect(seen).toEqual([
    'fleet did not stop cleanly: no',
    'server did not stop cleanly: no answer for 0.02 s',
    'database',
  ])
  await steps.run()
  expect(seen).toHaveLength(3)
})
