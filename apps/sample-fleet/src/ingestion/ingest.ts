import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Run, RunFailure, type UnfinishedRun } from '@holdpoint/sdk'

import { folder } from '../settings.ts'
import { nextNumber } from '../work/counter.ts'
import { put } from '../work/files.ts'
import { http } from '../work/http.ts'
import type { Job } from '../work/keep-working.ts'
import { loadFile } from './load-file.ts'
import { emptyRollup, inWords, note, type Rollup, suppliers } from './rollup.ts'

/** The day whose files did not all land is done again before the next one. */
const unfinishedDay = (): string => join(folder(), 'again')

function dayAgain(): number | undefined {
  try {
    return Number(readFileSync(unfinishedDay(), 'utf8'))
  } catch {
    return undefined
  }
}

/** A day's files of all suppliers, loaded into the warehouse. */
export async function ingest(left: UnfinishedRun | undefined): Promise<Job> {
  const again = dayAgain()
  const day = Number(left?.labels['day'] ?? again ?? nextNumber('day'))
  for (const file of suppliers)
    await put(`incoming/${file}.csv`, `sku,amount\n${file}-1,${day}\n${file}-2,${day * 2}\n`)
  return {
    spec: {
      goal: `Load the ${suppliers.length} supplier files of day ${day}${again === day ? ' again' : ''}`,
      skillVersion: '2',
      labels: { day: String(day) },
    },
    work: async (run) => ingestDay(run, day),
  }
}

async function ingestDay(run: Run, day: number): Promise<void> {
  await run.step('look what landed', async (step) => {
    const rollup = emptyRollup(day)
    const { loaded } = await http<{ loaded: readonly { file: string; at: string }[] }>(
      step,
      'warehouse.landed',
      { path: `/warehouse/${day}`, idempotent: true },
    )
    for (const file of suppliers) {
      const before = loaded.find((load) => load.file === file)
      if (before !== undefined) note(rollup, file, { status: 'landed before', ended: before.at })
    }
    run.memory['rollup'] = rollup
  })
  for (const file of suppliers) {
    const { status } = rollupOf(run).files[file]
    // Loaded by an earlier run of this day: never again.
    if (status !== 'landed before') await loadFile(run, rollupOf(run), file)
  }
  const rollup = await run.step('roll up', () => rollupOf(run))
  if (rollup.allDone) {
    rmSync(unfinishedDay(), { force: true })
    return
  }
  writeFileSync(unfinishedDay(), String(day))
  throw new RunFailure('RETRY_LIMIT_REACHED', inWords(rollup))
}

const rollupOf = (run: Run): Rollup => run.memory['rollup'] as Rollup
