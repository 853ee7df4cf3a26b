import type { Approval } from '@holdpoint/protocol'

import { Fact } from '../runs/detail/Fact'
import { JsonDiff } from '../ui/JsonDiff'
import { JsonView } from '../ui/JsonView'
import { visible } from '../ui/visible'
import { ClaimMark, Words } from '../ui/Words'

type Parts = Readonly<Record<string, unknown>>

const partsOf = (value: unknown): Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parts) : {}

const isText = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

/** A skill, a rubric or a policy that is about to go live: which, from what to what, and made by which tool. */
export function WhatChanges({ approval }: { readonly approval: Approval }) {
  const { changes, tool } = approval
  const { what: _what, name: _name, from, to, ...rest } = partsOf(approval.arguments)
  if (changes === null) return null
  const isNew = from === undefined || from === null
  return (
    <section aria-label="What changes" className="flex flex-col gap-2">
      <h3 className="label font-normal">
        What changes <ClaimMark />
      </h3>
      <dl className="flex flex-col gap-1">
        <Fact name={visible(changes.what)}>
          <Words text={changes.name} limit={160} className="font-medium" />
        </Fact>
        {(changes.from !== undefined || changes.to !== undefined) && (
          <Fact name="Version">
            <span className="font-mono">
              {visible(changes.from ?? (isNew ? 'none' : 'not said'))}
              <span className="text-muted"> → </span>
              <span className="font-medium">{visible(changes.to ?? 'not said')}</span>
            </span>
          </Fact>
        )}
        <Fact name="Made by">
          <span className="font-mono text-small">{visible(tool ?? '–')}</span>
        </Fact>
      </dl>
      {isNew ? (
        <JsonView label="What goes live; it names nothing before" value={to} open={4} />
      ) : (
        // Two versions that are names alone have been said.
        !(isText(from) && isText(to) && changes.from !== undefined) && (
          <JsonDiff label="What differs" before={from} after={to} />
        )
      )}
      {Object.keys(rest).length > 0 && (
        <JsonView label="What else goes with it" value={rest} open={2} />
      )}
    </section>
  )
}
