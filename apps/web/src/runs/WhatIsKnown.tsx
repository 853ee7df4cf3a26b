import type { Action, Run } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { dateTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { CopyButton, JsonView } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'

interface WhatIsKnownProps {
  readonly action: Action
  readonly run: Run
}

/** Enough to look it up on the other side: what, on what, when, under which key, and what came back. */
export function WhatIsKnown({ action, run }: WhatIsKnownProps) {
  const { tool, target, step, attempt, intendedAt, endedAt, error, externalRef, late } = action
  return (
    <section aria-label="What is known" className="flex flex-col gap-2">
      <dl className="grid grid-cols-[6.5rem_1fr] gap-x-3 gap-y-1">
        <Known name="Action">
          <span className="font-mono text-small">{visible(tool)}</span>{' '}
          {target !== null && <Words text={target} />}
        </Known>
        <Known name="Run">
          {visible(run.agentId)}
          <span className="text-muted">
            {step !== null && ` · step ${visible(step)}`} · attempt {attempt}
          </span>
        </Known>
        <Known name="Begun">
          {dateTime(Date.parse(intendedAt))}{' '}
          <span className="text-muted">
            <Ago at={intendedAt} suffix=" ago" />
          </span>
        </Known>
        {endedAt !== null && <Known name="Cut off">{dateTime(Date.parse(endedAt))}</Known>}
        <Known name="Came back">
          {error === null && externalRef === null && late === null ? (
            'nothing: its worker was gone before the answer'
          ) : (
            <>
              {error !== null && <Words text={error} claim />}
              {externalRef !== null && <span>reference {visible(externalRef)}</span>}
            </>
          )}
        </Known>
        <Known name="Key">
          <span className="font-mono text-small wrap-anywhere">
            {visible(action.idempotencyKey)}
          </span>
          <CopyButton text={() => action.idempotencyKey} label="Copy key" />
        </Known>
      </dl>
      {late !== null && <JsonView label="What its old worker said too late" value={late} />}
      {action.request !== null && <JsonView label="What was sent" value={action.request} />}
    </section>
  )
}

const Known = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
)
