import { spokenActor, type Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { dateTime } from '../time/format'
import { Elapsed, TimeLeft } from '../time/Ticking'
import { JsonDiff } from '../ui/JsonDiff'
import { CopyButton, JsonView } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'
import { askedStep } from './asking'
import { Consequence } from './Consequence'
import { longNumbers } from './draft'
import { EditArguments } from './EditArguments'
import { isOpen } from './outcome'
import { Risk } from './Risk'
import { StepInput } from './StepInput'
import type { Editing } from './useDraft'
import { WhatChanges } from './WhatChanges'

interface WhatWillRunProps {
  readonly approval: Approval
  readonly editing: Editing
}

/** The agent says that it asked at another time than the database saw it come: by more than this (ms) it is told. */
const notableMs = 60_000

function Claimed({ approval: { askedAt, requestedAt } }: { readonly approval: Approval }) {
  if (requestedAt === null) return null
  const claimed = Date.parse(requestedAt)
  if (Math.abs(Date.parse(askedAt) - claimed) < notableMs) return null
  return (
    <span title="Written by the agent, not checked">
      {' '}
      (as it says, at <time dateTime={requestedAt}>{dateTime(claimed)}</time>)
    </span>
  )
}

/** What exactly runs on approval. A plain-SQL agent does not say, and that is said. */
export function WhatWillRun({ approval, editing }: WhatWillRunProps) {
  const { tool, target, agentReason, run } = approval
  return (
    <section aria-label="What will run" className="flex flex-col gap-4 p-4">
      <div className="flex flex-col gap-1">
        <Link to="/approvals" className="text-accent mb-1 underline md:hidden">
          ‹ All approvals
        </Link>
        <p className="text-muted">
          <span className={`font-medium ${isOpen(approval) ? 'text-asking' : 'text-text'}`}>
            {visible(run.agentId)}
          </span>{' '}
          asked <Elapsed since={approval.askedAt} /> ago
          <Claimed approval={approval} />
          {isOpen(approval) && ' · '}
          {isOpen(approval) && <Deadline approval={approval} />}
        </p>
        <h2 className="text-title font-semibold wrap-anywhere">
          {approval.kind === 'output' ? (
            'Return this output?'
          ) : approval.changes !== null ? (
            visible(`Change the ${approval.changes.what} “${approval.changes.name}”?`)
          ) : tool === null ? (
            askedStep(run) === null ? (
              'Let this run go on?'
            ) : (
              visible(`Go on past “${askedStep(run)}”?`)
            )
          ) : (
            <>
              <span className="font-mono">{visible(tool)}</span>{' '}
              {target !== null && (
                <Words text={target} limit={160} claim className="text-muted font-normal" />
              )}
            </>
          )}
        </h2>
        <Risk approval={approval} marked />
      </div>
      {agentReason !== null && (
        <div>
          <h3 className="label font-normal">Its reason</h3>
          <p>
            <Words text={agentReason} limit={600} claim />
          </p>
        </div>
      )}
      <WhatChanges approval={approval} />
      {tool === null && approval.kind !== 'output' ? (
        <div className="flex flex-col gap-3">
          <p>
            This agent asked with plain SQL: it named no tool and no arguments.
            {isOpen(approval) && ' Below is what its run recorded at the step where it waits.'}
          </p>
          {isOpen(approval) && <StepInput approval={approval} />}
        </div>
      ) : (
        <Arguments approval={approval} editing={editing} />
      )}
      <Consequence approval={approval} />
      <Digest approval={approval} />
    </section>
  )
}

const Deadline = ({ approval: { expiresAt } }: Pick<WhatWillRunProps, 'approval'>) =>
  expiresAt === null ? 'no deadline' : <TimeLeft until={expiresAt} />

function Arguments({ approval, editing }: WhatWillRunProps) {
  if (editing.text !== null && isOpen(approval))
    return <EditArguments approval={approval} editing={editing} />
  const [long] = longNumbers(approval.arguments)
  return (
    <div className="flex flex-col gap-2">
      {/* A change is shown above as what it is; this is what exactly its tool is called with. */}
      <JsonView
        label={argumentsLabel(approval)}
        value={approval.arguments}
        open={approval.changes === null ? 4 : 0}
      />
      {long !== undefined && (
        <p className="text-small">
          <span className="font-medium">{long}</span> is a number that a browser cannot show
          exactly. What runs is the number that the agent gave.
        </p>
      )}
      {approval.editedBy !== null && (
        <JsonDiff
          label={`Changed by ${visible(spokenActor(approval.editedBy))}`}
          before={approval.originalArguments}
          after={approval.arguments}
        />
      )}
    </div>
  )
}

function argumentsLabel(approval: Approval): string {
  const { kind, editedBy, decision } = approval
  if (kind === 'output') return 'What it would return'
  if (editedBy !== null) return 'Arguments, as edited'
  if (decision === 'approved') return 'Arguments that were approved'
  return isOpen(approval) ? 'Arguments it asks for' : 'Arguments it asked for'
}

/** The decision is bound to it: another request has another one, and does not run. */
function Digest({ approval: { digest } }: { readonly approval: Approval }) {
  if (digest === null) return null
  return (
    <p className="text-small text-muted">
      Digest that the decision is bound to{' '}
      <code className="font-mono wrap-anywhere" title={digest}>
        {digest.slice(0, 16)}
      </code>{' '}
      <CopyButton text={() => digest} label="Copy" />
    </p>
  )
}
