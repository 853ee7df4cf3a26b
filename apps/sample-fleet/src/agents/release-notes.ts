import { setTimeout as sleep } from 'node:timers/promises'

import { ReleaseNotes } from '../plain-sql/release-notes.ts'
import { agentUrl } from '../settings.ts'
import { whenToldToStop } from '../work/keep-working.ts'
import { between } from '../work/think.ts'

// This agent knows no SDK: a loop around plain SQL, as agents in the field have.
const stop = new AbortController()
whenToldToStop(() => stop.abort())

while (!stop.signal.aborted) {
  const agent = new ReleaseNotes(agentUrl(), stop.signal)
  try {
    await agent.runOnce()
    await sleep(between(15_000, 30_000), undefined, { signal: stop.signal })
  } catch (error) {
    if (stop.signal.aborted) break
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
    await sleep(between(3000, 6000), undefined, { signal: stop.signal }).catch(() => undefined)
  }
}
process.exit(0)
