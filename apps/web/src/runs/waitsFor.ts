import type { Run } from '@holdpoint/protocol'

import { visible } from '../ui/visible'

/** Which worker a queued run waits for: another version of its skill may not take it. */
export function waitsFor({ agentId, skill, skillVersion }: Run): string {
  const worker = `a worker of ${visible(agentId)}`
  if (skillVersion === null) return `It waits for ${worker}; start one if none runs.`
  return (
    `It waits for ${worker} that runs ${visible(skill ?? 'its skill')} v${skillVersion}, ` +
    'or that says it can go on with runs of that version; start one if none runs.'
  )
}
