import { stopReasonFacts, storyOf, type Chapter } from '@holdpoint/protocol'

import { quoted } from './markdown.ts'
import type { Facts } from './read-summary.ts'

/** Cells of a table: when, what, of which agent and run, by whom, and what agents and people wrote. */
export const inOrder = (facts: Facts, clock: (at: string) => string): readonly string[][] =>
  storyOf(facts).map((chapter) => [clock(chapter.at), ...cells(chapter)])

const words = (...texts: readonly (string | null)[]): string =>
  texts
    .map((text) => quoted(text ?? ''))
    .filter((text) => text !== '')
    .join(', ')
const run = (id: string | null): string => (id === null ? '' : `\`${id}\``)

function cells(chapter: Chapter): string[] {
  switch (chapter.kind) {
    case 'stop': {
      const { stop } = chapter
      const why = stop.reason === null ? '' : `: ${stopReasonFacts[stop.reason].label}`
      const { id, agentId, status, goal } = stop.run
      return [`${status}${why}`, words(agentId), run(id), words(stop.by), words(stop.detail, goal)]
    }
    case 'asked': {
      const { agentId, runId, tool, target } = chapter.approval
      return ['asked for approval', words(agentId), run(runId), words(agentId), words(tool, target)]
    }
    case 'decided': {
      const { agentId, runId, tool, target, decision, by, why } = chapter.approval
      return [`${decision}`, words(agentId), run(runId), words(by), words(tool, target, why)]
    }
    case 'act': {
      const { actor, action, agentId, runId, target, why } = chapter.act
      const about = runId === null ? target : null
      return [words(action), words(agentId), run(runId), words(actor), words(about, why)]
    }
  }
}
