import { holdLabels, spokenActor, stopReasonFacts, type TimelineRun } from '@holdpoint/protocol'

import { stateLook } from '../../runs/stateLook.ts'
import { kindLook } from '../../runs/timeline/eventWords.ts'
import { preciseTime, span } from '../../time/format.ts'
import { visible } from '../../ui/visible.ts'
import { actWord } from '../summary/actWords.ts'
import { beginOf, endOf, runIdOf, type Item } from './items.ts'
import { laneName } from './wholeFleet.ts'

/** What a read-out says of an item. */
export interface ItemWords {
  readonly what: string
  /** From when, and for how long. */
  readonly when: string
  /** The rest: may hold what agents and people wrote. */
  readonly more: string
}

/** A line has no room for more, and who hears it no patience. */
const mostLetters = { name: 120, part: 600 } as const

const short = (text: string, most: number = mostLetters.name): string =>
  visible(text.length > most ? `${text.slice(0, most - 1)}…` : text)

const joined = (...parts: readonly (string | null | undefined | false)[]): string =>
  parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .map((part) => short(part, mostLetters.part))
    .join(' · ')

function lasted(item: Item): string {
  const [from, to] = [beginOf(item), endOf(item)]
  if ('at' in item) return preciseTime(from)
  return Number.isFinite(to)
    ? `${preciseTime(from)} to ${preciseTime(to)}, ${span(to - from)}`
    : `since ${preciseTime(from)}`
}

export function runWords({ state, stopReason, goal }: TimelineRun): Omit<ItemWords, 'when'> {
  const why = stopReason === null ? null : stopReasonFacts[stopReason].label
  return { what: `Run: ${stateLook[state].word.toLowerCase()}`, more: joined(why, goal) }
}

const stretchWords = { step: 'Step', tool: 'Tool' } as const

function said(item: Item): Omit<ItemWords, 'when'> {
  switch (item.kind) {
    case 'run':
      return runWords(item.run)
    case 'hold': {
      const { kind, by, why } = item.hold
      return { what: 'Held', more: joined(holdLabels[kind], `by ${spokenActor(by)}`, why) }
    }
    case 'stretch': {
      const { of, name, target, outcome } = item.stretch
      return { what: `${stretchWords[of]}: ${short(name)}`, more: joined(target, outcome) }
    }
    case 'mark': {
      const { kind, actor, text } = item.mark
      return { what: kindLook[kind].word, more: joined(`by ${spokenActor(actor)}`, text) }
    }
    case 'act': {
      const { action, actor, text } = item.act
      return {
        what: actWord(action) ?? visible(action),
        more: joined(`by ${spokenActor(actor)}`, text),
      }
    }
  }
}

export const wordsOf = (item: Item): ItemWords => ({ ...said(item), when: lasted(item) })

/** The same in one sentence, for who hears it. */
export function spoken(item: Item, agent: string): string {
  const { what, when, more } = wordsOf(item)
  const runId = runIdOf(item)
  const run = runId === null ? '' : `, run ${runId.slice(0, 8)}`
  return `${laneName(agent)}${run}: ${what}, ${when}${more === '' ? '' : `, ${more}`}`
}
