import { DBOS } from '@dbos-inc/dbos-sdk'

import { answerSlices, type TakeSteps } from './slices.ts'

// DBOS as a peer: a process of its own that runs workflows of small steps for as long as it is told.

const result = 'x'.repeat(1000)

/** Outside the workflow's arguments, which DBOS stores. */
let takeSteps: TakeSteps = async () => undefined

const work = DBOS.registerWorkflow(
  async () => takeSteps(async () => DBOS.runStep(async () => result, { name: 'step' })),
  { name: 'work' },
)

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env['BENCH_DATABASE_URL'],
  systemDatabasePoolSize: 40,
  logLevel: 'error',
})
await DBOS.launch()
answerSlices(async (runs, take) => {
  takeSteps = take
  await Promise.all(Array.from({ length: runs }, async () => work()))
})
