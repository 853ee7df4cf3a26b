import type { Run, Step } from '@holdpoint/sdk'

import { readText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { between, think, wait } from '../work/think.ts'
import { note, type Rollup, type Supplier, loadOf } from './rollup.ts'

const ATTEMPTS = 3
const BACK_OFF_MS = 4000

const now = (): string => new Date().toISOString()

/** One supplier's file: read, checked, written. What became of it stands in the rollup; the others go on. */
export async function loadFile(run: Run, rollup: Rollup, file: Supplier): Promise<void> {
  const path = `incoming/${file}.csv`
  const text = await run.step(`extract ${file}`, async (step) => {
    note(rollup, file, { began: now() })
    return readText(step, path)
  })
  await run.step(`check ${file}`, { input: { rows: text.split('\n').length } }, async (step) =>
    think(step, `Are the columns of ${path} as agreed?`, { says: 'They are.', ms: [800, 1600] }),
  )
  const load = loadOf(rollup.day, file)
  const upsert = run.step(`upsert_destination ${file}`, { input: { load } }, async (step) =>
    upsertDestination(run, step, rollup, file),
  )
  await upsert.catch((error: unknown) => {
    if (rollup.files[file].status !== 'failed' || run.signal.aborted) throw error
  })
}

/** Tries again with more and more time between. @throws what the last attempt failed with */
async function upsertDestination(
  run: Run,
  step: Step,
  rollup: Rollup,
  file: Supplier,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await upsert(step, rollup.day, file)
      note(rollup, file, { status: 'landed', attempts: attempt, ended: now(), lastError: null })
      return
    } catch (error) {
      run.signal.throwIfAborted()
      const lastError = error instanceof Error ? error.message : String(error)
      note(rollup, file, { attempts: attempt, lastError })
      if (attempt === ATTEMPTS) {
        note(rollup, file, { status: 'failed', ended: now() })
        throw error
      }
    }
    await backOff(run, file, attempt + 1)
  }
}

const upsert = async (step: Step, day: number, file: Supplier): Promise<object> =>
  http(step, 'warehouse.upsert', {
    method: 'PUT',
    path: `/warehouse/${day}/${file}`,
    target: `${file}, day ${day}`,
    // The same key each time: attempts of one action, not three actions.
    key: loadOf(day, file),
    reversible: true,
    idempotent: true,
  })

async function backOff(run: Run, file: Supplier, attempt: number): Promise<void> {
  const ms = between(BACK_OFF_MS, BACK_OFF_MS * 1.5) * (attempt - 1)
  await run.waitingOn({
    kind: 'backoff',
    what: `${file}, attempt ${attempt}`,
    until: new Date(Date.now() + ms),
  })
  await wait(ms, run.signal)
}
