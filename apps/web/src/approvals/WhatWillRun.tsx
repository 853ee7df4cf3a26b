import type { Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Elapsed, TimeLeft } from '../time/Ticking'
import { CopyButton, JsonView } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'
import { askedStep } from './asking'
import { isOpen } from './outcome'
import { Risk } from './Risk'
import { StepInput } from './StepInput'

/** What exactly runs on approval. A plain-SQL agent does not say, and that is said. */
export function WhatWillRun({ approval }: { readonly approval: Approval }) {
  const { tool, target, agentReason, digest, run } = approval
  return (
    <section aria-label="What will run" className="flex flex-col gap-4 p-4">
      <div className="flex flex-col gap-1">
        <Link to="/approvals" className="text-accent mb-1 underline md:hidden">
          ‹ All approvals
        </Link>
        <p className="text-muted">
          <span className="text-asking font-medium">{run.agentId}</span> asks,{' '}
          <Elapsed since={approval.requestedAt} /> ago
          {' · '}
          {approval.expiresAt === null ? 'no deadline' : <TimeLeft until={approval.expiresAt} />}
        </p>
        <h2 className="text-title font-semibold wrap-anywhere">
          {tool === null ? (
            askedStep(run) === null ? (
              'Let this run go on?'
            ) : (
              visible(`Go on past “${askedStep(run)}”?`)
            )
          ) : (
            <>
              <span className="font-mono">{visible(tool)}</span>{' '}
              {target !== null && (
                <Words text={target} limit={160} className="text-muted font-normal" />
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
      {tool === null ? (
        <div className="flex flex-col gap-3">
          <p>
            This agent asked with plain SQL: it named no tool and no arguments. Below is what its
            run recorded at the step where it waits.
          </p>
          {isOpen(approval) && <StepInput approval={approval} />}
        </div>
      ) : (
        <JsonView label="Arguments it asks for" value={approval.arguments} open={4} />
      )}
      {digest !== null && (
        <p className="text-small text-muted">
          Digest of the arguments, as the agent gave it{' '}
          <code className="font-mono wrap-anywhere" title={digest}>
            {digest.slice(0, 16)}
          </code>{' '}
          <CopyButton text={() => digest} label="Copy" />
        </p>
      )}
    </section>
  )
}
