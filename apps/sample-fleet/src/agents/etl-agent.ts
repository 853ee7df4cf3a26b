import { type Run, RunFailure } from '@holdpoint/sdk'

import { put, readText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { between, think, wait } from '../work/think.ts'

const FILES = [
  'north',
  'east',
  'coast',
  'hills',
  'lakes',
  'islands',
  'valley',
  'harbour',
  'south',
  'plains',
  'delta',
  'forest',
  'border',
  'west',
] as const

/** One supplier's file: read, checked, written. The warehouse's gateway fails after four seconds in bad weather. */
async function load(run: Run, day: number, file: string): Promise<void> {
  const path = `incoming/${file}.csv`
  const text = await run.step(`extract ${file}`, async (step) => readText(step, path))
  await run.step(`check ${file}`, { input: { rows: text.split('\n').length } }, async (step) =>
    think(step, `Are the columns of ${path} as agreed?`, 'They are.'),
  )
  const weather = file === 'south' && day % 3 === 0 ? 'bad' : 'good'
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run.step(`upsert_destination ${file}`, { input: { attempt } }, async (step) =>
        http(step, 'warehouse.upsert', {
          method: 'PUT',
          path: `/warehouse/${day}-${file}?weather=${weather}`,
          reversible: true,
          idempotent: true,
        }),
      )
      return
    } catch (error) {
      if (run.signal.aborted || attempt === 3) throw new RunFailure('TOOL_FAILURE', String(error))
      const ms = between(4000, 6000) * attempt
      await run.waitingOn({ kind: 'backoff', what: file, until: new Date(Date.now() + ms) })
      await wait(ms, run.signal)
    }
  }
}

let next = Math.floor(Math.random() * 300)

async function job(left: { labels: Readonly<Record<string, string>> } | undefined): Promise<Job> {
  const day = Number(left?.labels['day'] ?? (next += 1))
  for (const file of FILES) {
    await put(`incoming/${file}.csv`, `sku,amount\n${file}-1,${day}\n${file}-2,${day * 2}\n`)
  }
  return {
    spec: {
      goal: `Load the ${FILES.length} supplier files of day ${day}`,
      skill: 'load-suppliers',
      skillVersion: '1',
      labels: { day: String(day) },
    },
    async work(run) {
      for (const file of FILES) await load(run, day, file)
    },
  }
}

await keepWorking({ agent: 'etl-agent', atATime: 1, pauseMs: 15_000, job })
