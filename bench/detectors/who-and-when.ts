import type { Recording, Turn } from '@holdpoint/recordings'

import { type Case, observation, type Said } from './case.ts'

/**
 * Several agents that talk; every run of this corpus failed. What an agent says is the result of
 * what it was told last. An orchestrator's ledger is its own opinion of the moment it was written.
 */
export function whoAndWhenCase({ turns }: Recording, nth: number): Case {
  const happened: Case['happened'][number][] = []
  let told = ''
  for (const [at, turn] of turns.entries()) {
    const said = ledgerOf(turn)
    if (said !== null) happened.push(said)
    else if (turn.speaker.startsWith('Orchestrator (->')) told = turn.text
    else if (at > 0 && !turn.speaker.startsWith('Orchestrator')) {
      happened.push(observation(at, { tool: turn.speaker, arguments: told, result: turn.text }))
      told = turn.text
    }
  }
  return { happened, failed: true, half: nth % 2 === 0 ? 'tuning' : 'report' }
}

function ledgerOf({ text }: Turn): Said | null {
  if (!text.startsWith('Updated Ledger:')) return null
  const answer = /"is_in_loop":\s*\{[^}]*"answer":\s*(true|false)/.exec(text)?.[1]
  return answer === undefined ? null : { inLoop: answer === 'true' }
}
