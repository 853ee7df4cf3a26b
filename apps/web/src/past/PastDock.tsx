import type { Run } from '@holdpoint/protocol'

import { SelectedRun } from '../runs/SelectedRun'
import { PastSentence } from './PastSentence'

/** The selected run of then, where its controls stand now. */
export default function PastDock({ run }: { readonly run: Run }) {
  return (
    <section
      aria-label="Selected run"
      className="border-line bg-surface flex min-h-11 shrink-0 items-center gap-x-4 border-t px-3 py-2 max-md:hidden"
    >
      <SelectedRun run={run} />
      <span className="ml-auto shrink-0">
        <PastSentence />
      </span>
    </section>
  )
}
