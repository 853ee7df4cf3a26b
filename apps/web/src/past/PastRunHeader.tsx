import { runState, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { ControlTravel } from '../runs/ControlTravel'
import { StateLabel } from '../runs/StateMark'
import { Why } from '../runs/Why'
import { Elapsed } from '../time/Ticking'
import { Words } from '../ui/Words'
import { PastSentence } from './PastSentence'

/** Which state it was in and why; in the place of the controls, that there are none. */
export const PastRunHeader = ({ run }: { readonly run: Run }) => (
  <header className="border-line grid shrink-0 gap-x-8 gap-y-3 border-b px-3 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,36rem)]">
    <div className="flex min-w-0 flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2">
        <span role="status">
          <StateLabel state={runState(run)} strong />
        </span>
        <span className="text-muted">
          for <Elapsed since={run.statusSince} />
        </span>
        <span aria-hidden className="text-muted">
          ·
        </span>
        <Link to="/" search={{ agent: [run.agentId] }} className="hover:underline">
          {run.agentId}
        </Link>
        {run.skill !== null && (
          <span className="text-muted">
            {run.skill} {run.skillVersion !== null && `v${run.skillVersion}`}
          </span>
        )}
      </p>
      <h1 className="text-title font-semibold">
        <Words text={run.goal ?? `Run ${run.id}`} limit={160} />
      </h1>
      <Why run={run} />
    </div>
    <div className="flex min-w-0 flex-col gap-2">
      <PastSentence />
      <ControlTravel run={run} />
    </div>
  </header>
)
