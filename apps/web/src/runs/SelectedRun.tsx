import { runState, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { visible } from '../ui/visible'
import { StateLabel } from './StateMark'

/** Which run is selected under a table, in one line: its state, its agent, and the way to its page. */
export const SelectedRun = ({ run }: { readonly run: Run }) => (
  <>
    <span className="shrink-0">
      <StateLabel state={runState(run)} strong />
    </span>
    <span className="shrink-0">{visible(run.agentId)}</span>
    <Link
      to="/runs/$runId"
      params={{ runId: run.id }}
      className="truncate font-medium hover:underline"
    >
      {visible(run.goal ?? run.id)}
    </Link>
    <span className="label shrink-0">Enter opens</span>
  </>
)
