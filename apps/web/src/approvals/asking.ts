import { changeWords, type Asked, type Run } from '@holdpoint/protocol'

/** What plain-SQL agents write as their step while they wait: it says nothing about what comes next. */
const waitingStep = 'awaiting_approval'

/** The step that a run without a named tool asks to go past, or null when it does not say. */
export const askedStep = ({ step }: Pick<Run, 'step'>): string | null =>
  step === waitingStep ? null : step

/** Of what was asked in the past the kind is not always known. */
type Asking = Omit<Asked, 'kind'> & Partial<Pick<Asked, 'kind'>>

/** What is asked for, in a line: a sentence, or where it is a call the call itself. */
export function askedFor({ kind = 'action', tool, target, changes }: Asking): {
  readonly words: string
  readonly call: boolean
} {
  const called = [tool, target].filter((part) => part !== null && part !== '').join(' ')
  if (changes !== null) return { words: `change ${changeWords(changes)}`, call: false }
  if (kind === 'output')
    return {
      words: called === '' ? 'return an output' : `return an output: ${called}`,
      call: false,
    }
  return tool === null ? { words: 'go on', call: false } : { words: called, call: true }
}

/** What the run is for, unless what is asked says so already. */
export const goalBeside = (
  goal: string | null,
  { target }: Pick<Asking, 'target'>,
): string | null => (goal !== null && goal.trim() === target?.trim() ? null : goal)

/** The same after the name of who asks. */
export function asksFor(asked: Asking): string {
  const { words, call } = askedFor(asked)
  return call ? words : `asks to ${words}`
}
