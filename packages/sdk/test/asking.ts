import { ApprovalRejectedError, type Run } from '../src/index.ts'

export const PAYMENT = { eur: 80, order: 7 }

type Reach = (path: string, signal: AbortSignal) => Promise<string>

/** What the outside world hears of a run, a path for each thing. */
export const paths = (run: string) => ({
  /** Before the question, in a step that is over. */
  looked: `${run} looked`,
  /** The answer, before anything is done about it. */
  heard: (answer: string): string => `${run} heard ${answer}`,
  /** The action, with what it was done with. */
  paid: (request: unknown): string => `${run} paid ${JSON.stringify(request)}`,
})

/** Asks by itself, hears the answer, and pays what came of it. */
export async function askFirst(run: Run<object>, reach: Reach): Promise<void> {
  const { heard, looked, paid } = paths(run.id)
  await run.step('look', async ({ signal }) => reach(looked, signal))
  await run.step('pay', async (step) => {
    const answer = await step.approve({ tool: 'pay', arguments: PAYMENT })
    const said = answer.decision === 'rejected' ? `no: ${answer.reason}` : 'yes'
    await reach(heard(said), step.signal)
    if (answer.decision === 'rejected') return
    await step.action(
      'pay',
      { request: answer.arguments, idempotent: true },
      async (signal, { request }) => reach(paid(request), signal),
    )
  })
}

/** Knows of no approval: a policy has the gate ask. */
export async function payGated(run: Run<object>, reach: Reach): Promise<void> {
  const { heard, looked, paid } = paths(run.id)
  await run.step('look', async ({ signal }) => reach(looked, signal))
  await run.step('pay', async (step) => {
    try {
      await step.action('gated', { request: PAYMENT }, async (signal, { request }) =>
        reach(paid(request), signal),
      )
    } catch (error) {
      if (!(error instanceof ApprovalRejectedError)) throw error
      await reach(heard(error.message), step.signal)
    }
  })
}
