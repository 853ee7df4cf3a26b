import { setTimeout as sleep } from 'node:timers/promises'

import { ReleaseNotes } from '../plain-sql/release-notes.ts'
import { agentUrl } from '../settings.ts'
import { between } from '../work/think.ts'
import { whenToldToStop } from '../work/told-to-stop.ts'

/** This agent knows no SDK: a loop around plain SQL, as agents in the field have. */
export async function live(): Promise<never> {
  const stop = new AbortController()
  whenToldToStop(() => stop.abort())
  const say = onceEach()
  while (!stop.signal.aborted) {
    const agent = new ReleaseNotes(agentUrl(), stop.signal)
    try {
      await agent.runOnce()
      say('')
      await sleep(between(30_000, 60_000), undefined, { signal: stop.signal })
    } catch (error) {
      if (stop.signal.aborted) break
      say(error instanceof Error ? error.message : String(error))
      await sleep(between(3000, 6000), undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  process.exit(0)
}

/** Once for each trouble: a login that stays locked is no news. */
function onceEach(): (words: string) => void {
  let said = ''
  return (words) => {
    if (words !== said && words !== '') process.stdout.write(`${words}\n`)
    said = words
  }
}
