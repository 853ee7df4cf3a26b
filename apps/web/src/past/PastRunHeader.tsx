import type { Run } from '@holdpoint/protocol'

import { ControlTravel } from '../runs/ControlTravel'
import { RunTitle } from '../runs/RunTitle'
import { Why } from '../runs/Why'
import { PastSentence } from './PastSentence'

/** Which state it was in and why; in the place of the controls, that there are none. */
export const PastRunHeader = ({ run }: { readonly run: Run }) => (
  <header className="border-line grid shrink-0 gap-x-8 gap-y-3 border-b px-3 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,36rem)]">
    <div className="flex min-w-0 flex-col gap-1">
      <RunTitle run={run} since={run.statusSince} />
      <Why run={run} />
    </div>
    <div className="flex min-w-0 flex-col gap-2">
      <PastSentence />
      <ControlTravel run={run} />
    </div>
  </header>
)
