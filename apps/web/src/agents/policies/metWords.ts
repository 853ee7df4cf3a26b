import { type Met, type OnExpiry, shortActor } from '@holdpoint/protocol'

import { span } from '../../time/format.ts'

/** What a call meets, in a word. */
export const metWord: Record<Met['would'], string> = {
  wait: 'Waits',
  pass: 'Passes',
  free: 'Not asked',
  other: 'Other policy',
}

const then: Record<OnExpiry, string> = {
  reject: 'then it is closed',
  hold: 'then it stays held',
  escalate: 'then others are asked',
}

/** The rest of it: for whom it waits and for how long, or which policy rules it. */
export function metWords(met: Met): string {
  switch (met.would) {
    case 'other':
      return `ruled by “${met.policy}”, which is more specific`
    case 'free':
      return 'the gate asks nobody'
    case 'pass':
      return 'its condition holds'
    case 'wait':
      return [yesWords(met), deadlineWords(met)].join(', ')
  }
}

type Wait = Extract<Met, { would: 'wait' }>

const yesWords = ({ yeses, quorum }: Wait): string =>
  quorum === null
    ? 'for one yes'
    : `for ${quorum.map(({ count, name }) => `${count} of ${name}`).join(' and ')}${quorum.length > 1 ? `, ${yeses} in all` : ''}`

function deadlineWords({ withinS, onExpiry, next }: Wait): string {
  if (withinS === null || onExpiry === null) return 'without a deadline'
  const others = next === null ? then[onExpiry] : `then ${next.map(shortActor).join(', ')}`
  return `within ${span(withinS * 1000)}, ${others}`
}

interface Counted {
  readonly considered: number
  readonly cut: boolean
  readonly counts: Readonly<Record<Met['would'], number>>
  readonly unchanged: number
}

/** All of the calls in two sentences. */
export function callsWords({ considered, cut, counts, unchanged }: Counted): string {
  if (considered === 0) return 'There was no such call.'
  const parts = [
    [counts.wait, 'would have waited for a person'],
    [counts.pass, 'would have passed by the condition'],
    [counts.free, 'would not have been asked about'],
    [counts.other, `${counts.other === 1 ? 'is' : 'are'} ruled by a more specific policy`],
  ] as const
  const said = parts.filter(([n]) => n > 0)
  return `${countedWords(said, considered, cut)}. ${asNow(considered, unchanged)}`
}

/** "All 3 calls would have waited", "Of the newest 500 calls 2 would have waited, 498 would have passed". */
function countedWords(
  said: readonly (readonly [n: number, words: string])[],
  considered: number,
  cut: boolean,
): string {
  const calls = `${cut ? 'the newest ' : ''}${considered.toLocaleString('en')} ${considered === 1 ? 'call' : 'calls'}`
  const [first] = said
  if (said.length === 1 && first !== undefined && considered > 1) return `All ${calls} ${first[1]}`
  return `Of ${calls} ${said.map(([n, words]) => `${n.toLocaleString('en')} ${words}`).join(', ')}`
}

function asNow(considered: number, unchanged: number): string {
  if (unchanged === considered) return 'That is what they would meet now, too.'
  const changed = considered - unchanged
  return changed === considered
    ? 'For each that differs from what rules now.'
    : `For ${changed.toLocaleString('en')} that differs from what rules now.`
}

/** All of the runs in a sentence. */
export function checkInWords({
  runs,
  cut,
  paused,
}: {
  readonly runs: number
  readonly cut: boolean
  readonly paused: number
}): string {
  if (runs === 0) return 'There was no such run.'
  const of = `Of ${cut ? 'the newest ' : ''}${runs.toLocaleString('en')} ${runs === 1 ? 'run' : 'runs'}`
  return paused === 0
    ? `${of} none would have paused for a check-in.`
    : `${of} ${paused.toLocaleString('en')} would have paused for a check-in:`
}
