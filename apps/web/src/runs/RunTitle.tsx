import { runState, type Run } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Elapsed } from '../time/Ticking'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'
import { StateLabel } from './StateMark'

interface RunTitleProps {
  readonly run: Run
  /** When it came to this state; null where that is not told. */
  readonly since: string | null
}

/** Which state and for how long, whose run, and what it is for. */
export const RunTitle = ({ run, since }: RunTitleProps) => (
  <>
    <p className="flex flex-wrap items-center gap-x-2">
      <span role="status">
        <StateLabel state={runState(run)} strong />
      </span>
      {since !== null && (
        <span className="text-muted">
          for <Elapsed since={since} />
        </span>
      )}
      <span aria-hidden className="text-muted">
        ·
      </span>
      <Link to="/" search={{ agent: [run.agentId] }} className="hover:underline">
        {visible(run.agentId)}
      </Link>
      {run.skill !== null && (
        <span className="text-muted">
          {visible(run.skill)} {run.skillVersion !== null && `v${run.skillVersion}`}
        </span>
      )}
    </p>
    <h1 className="text-title font-semibold">
      <Words text={run.goal ?? `Run ${run.id}`} limit={160} />
    </h1>
  </>
)
