import { runState, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { StateLabel } from '../runs/StateMark'
import { visible } from '../ui/visible'
import { PastSentence } from './PastSentence'

/** The selected run of then, where its controls stand now. */
export default function PastDock({ run }: { readonly run: Run }) {
  return (
    <section
      aria-label="Selected run"
      className="border-line bg-surface flex min-h-11 shrink-0 items-center gap-x-4 border-t px-3 py-2 max-md:hidden"
    >
      <span className="shrink-0">
        <StateLabel state={runState(run)} strong />
      </span>
      <span className="shrink-0">{run.agentId}</span>
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        className="truncate font-medium hover:underline"
      >
        {visible(run.goal ?? run.id)}
      </Link>
      <span className="label shrink-0">Enter opens</span>
      <span className="ml-auto shrink-0">
        <PastSentence />
      </span>
    </section>
  )
}
