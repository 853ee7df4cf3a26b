import type { Approval } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { Elapsed, TimeLeft } from '../time/Ticking'
import { JsonView } from '../ui/JsonView'
import { Words } from '../ui/Words'
import { askedStep } from './asking'
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
          {approval.expiresAt !== null && (
            <>
              {' · '}
              <TimeLeft until={approval.expiresAt} />
            </>
          )}
        </p>
        <h2 className="text-title font-semibold wrap-anywhere">
          {tool === null ? (
            askedStep(run) === null ? (
              'Let this run go on?'
            ) : (
              `Go on past “${askedStep(run)}”?`
            )
          ) : (
            <>
              <span className="font-mono">{tool}</span>{' '}
              <span className="text-muted font-normal">{target}</span>
            </>
          )}
        </h2>
        <Risk approval={approval} />
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
            This agent asked with plain SQL: it did not say which tool or arguments it will use.
            Below is what its run recorded for the current step.
          </p>
          <StepInput run={run} />
        </div>
      ) : (
        <JsonView
          label="Arguments, exactly as they will be sent"
          value={approval.arguments}
          open={4}
        />
      )}
      {digest !== null && (
        <p className="text-small text-muted">
          Your answer is bound to this request and checked again before it runs. SHA-256{' '}
          <code className="font-mono wrap-anywhere">{digest}</code>
        </p>
      )}
    </section>
  )
}
