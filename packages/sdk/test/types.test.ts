import { expect, expectTypeOf, test } from 'vitest'

import {
  type ApprovalAnswer,
  type Memory,
  type MemoryOf,
  type Run,
  type Step,
  supervise,
  type Worker,
} from '../src/index.ts'

// Checked by the compiler, as part of `types`; nothing of it runs.

interface Ticket {
  ticket: number
  seen: string[]
}

export async function resultsAndMemory(worker: Worker): Promise<void> {
  const result = await supervise(
    { agent: 'a', memory: { ticket: 47, seen: [] as string[] } },
    async (run) => {
      expectTypeOf(run.memory).toEqualTypeOf<Ticket>()
      const text = await run.step('read', (step) => {
        expectTypeOf(step).toEqualTypeOf<Step>()
        return step.action(
          'get',
          {
            landed: () => 'found',
            spent: (answer) => {
              expectTypeOf(answer).toEqualTypeOf<string>()
              return { tokensIn: answer.length }
            },
          },
          (signal) => {
            expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
            return 'text'
          },
        )
      })
      expectTypeOf(text).toEqualTypeOf<string>()
      expectTypeOf(
        await run.step('ask', (step) => step.approve({ tool: 't' })),
      ).toEqualTypeOf<ApprovalAnswer>()
      const count = await run.child({ memory: { found: 0 } }, (child) => child.memory.found)
      expectTypeOf(count).toEqualTypeOf<number>()
      return { count }
    },
  )
  expectTypeOf(result).toEqualTypeOf<{ count: number }>()

  await worker.supervise({ agent: 'a' }, (run) => {
    expectTypeOf(run.memory).toEqualTypeOf<Memory>()
  })
  await worker.supervise({ agent: 'a' }, async (run) =>
    run.step('s', async (step) => {
      // @ts-expect-error what is returned where it landed has the type of what the action returns
      await step.action('t', { landed: () => 1 }, () => 'text')
    }),
  )
}

export async function queue(worker: Worker): Promise<void> {
  const answer = { version: '2', resumes: ['1'], work: (run: Run<Ticket>) => run.memory.ticket }
  await worker.serve(
    { answer, other: { work: (run: Run<{ n: 1 }>) => run.memory.n } },
    { agent: 'a' },
  )
  expectTypeOf<MemoryOf<typeof answer>>().toEqualTypeOf<Ticket>()

  const memory = { ticket: 47, seen: [] }
  await worker.enqueue<MemoryOf<typeof answer>>({ agent: 'a', skill: 'answer', memory })
  const lacking = { agent: 'a', skill: 'answer', memory: { seen: [] } }
  // @ts-expect-error the input lacks what the skill works with
  await worker.enqueue<MemoryOf<typeof answer>>(lacking)
  // @ts-expect-error nobody could take a run of nobody
  await worker.enqueue({ skill: 'answer' })

  await worker.serve(
    {
      plain: {
        work: async (run) => {
          await run.step('s', () => undefined)
          expectTypeOf(run.memory).toEqualTypeOf<object>()
        },
      },
    },
    { agent: 'a', onHold: { exitAfterMs: 1 } },
  )
  await worker.loop({ agent: 'a', name: 'l', cron: '* * * * *', memory: { n: 1 } }, (run) => {
    expectTypeOf(run.memory).toEqualTypeOf<{ n: number }>()
  })
}

test('types are checked by the compiler', () => {
  expect([resultsAndMemory, queue]).toHaveLength(2)
})
