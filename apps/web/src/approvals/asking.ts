import type { Run } from '@holdpoint/protocol'

/** What plain-SQL agents write as their step while they wait: it says nothing about what comes next. */
const waitingStep = 'awaiting_approval'

/** The step that a run without a named tool asks to go past, or null when it does not say. */
export const askedStep = ({ step }: Pick<Run, 'step'>): string | null =>
  step === waitingStep ? null : step
