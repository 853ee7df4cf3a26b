import type { Run } from '@holdpoint/protocol'

/** What plain-SQL agents write as their step while they wait: it says nothing about what comes next. */
const waitingStep = 'awaiting_approval'

/** The step that a run without a named tool asks to go past, or null when it does not say. */
export const askedStep = (run: Run): string | null => (run.step === waitingStep ? null : run.step)
