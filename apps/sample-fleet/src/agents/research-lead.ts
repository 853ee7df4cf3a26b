import type { Run, UnfinishedRun } from '@holdpoint/sdk'

import { asAgent } from '../work/as-agent.ts'
import { writeText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { products } from '../work/names.ts'
import { pick } from '../work/pick.ts'
import { between, think } from '../work/think.ts'

const QUESTIONS = ['price', 'durability', 'buyer reviews'] as const
/** Not the same for each, so that they do not end together. */
const SOURCES = { price: 20, durability: 28, 'buyer reviews': 38 } as const

type Question = (typeof QUESTIONS)[number]

interface Source {
  readonly title: string
  readonly words: number
}

/** A researcher reads its sources one by one and sums up. It is a run of its own, below the lead's. */
async function research(run: Run, topic: string, question: Question): Promise<string> {
  for (let n = 1; n <= SOURCES[question]; n += 1) {
    const id = topic.length * 100 + question.length * 10 + n
    const source = await run.step('read source', { input: { source: id } }, async (step) =>
      http<Source>(step, 'web.fetch', { path: `/sources/${id}`, idempotent: true }),
    )
    await run.step('take notes', { input: source }, async (step) => {
      const note = await think(
        step,
        `What does "${source.title}" say about ${question}?`,
        'It helps.',
      )
      const notes = run.memory['notes']
      run.memory['notes'] = [...(Array.isArray(notes) ? (notes as unknown[]) : []), note]
      return note
    })
  }
  return run.step('sum up', async (step) =>
    think(step, `Sum up ${question} of the ${topic}.`, `The ${topic} is fine as to ${question}.`),
  )
}

async function lead(run: Run, topic: string): Promise<void> {
  await run.step('plan', async (step) =>
    think(step, `Split "${topic}" into questions.`, QUESTIONS.join(', ')),
  )
  await run.waitingOn({
    kind: 'child',
    what: `${QUESTIONS.length} researchers`,
    until: new Date(Date.now() + between(600_000, 600_000)),
  })
  const findings = await Promise.all(
    QUESTIONS.map(async (question) =>
      run.child(
        {
          goal: `Find out about the ${question} of the ${topic}`,
          skill: 'researcher',
          skillVersion: '1',
          labels: { model: 'scripted', topic },
          childKey: question,
        },
        async (child) => research(child, topic, question),
      ),
    ),
  )
  await run.waitingOn(null)
  const report = await run.step('write report', { input: { findings } }, async (step) =>
    think(step, findings.join(' '), `Report on the ${topic}: ${findings.join(' ')}`),
  )
  await run.step('file report', async (step) =>
    writeText(step, 'file.write', `reports/${topic}.txt`, report, { reversible: true }),
  )
}

let next = Math.floor(Math.random() * products.length)

function job(left: UnfinishedRun | undefined): Job {
  const topic = left?.labels['topic'] ?? pick(products, (next += 1))
  return {
    spec: {
      goal: `Report on the ${topic} market`,
      skillVersion: '2',
      labels: { topic },
      limits: { tokens: 200_000 },
    },
    work: async (run) => lead(run, topic),
  }
}

export const live = async (): Promise<never> =>
  asAgent(
    keepWorking({
      agent: 'research-lead',
      skill: 'research-lead',
      atATime: 1,
      pauseMs: 40_000,
      job,
    }),
  )
