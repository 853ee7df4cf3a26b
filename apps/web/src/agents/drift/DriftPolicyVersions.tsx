import { type DriftPolicy, spokenActor } from '@holdpoint/protocol'

import { dateTime } from '../../time/format'
import { Button } from '../../ui/Button'
import { visible } from '../../ui/visible'
import { driftPolicyWords } from './driftPolicyText'

interface DriftPolicyVersionsProps {
  /** The newest first. */
  readonly versions: readonly DriftPolicy[]
  /** Null: not now. */
  readonly take: ((version: DriftPolicy) => void) | null
}

/** Every version with who made it and why; one of them can be taken up again. */
export function DriftPolicyVersions({ versions, take }: DriftPolicyVersionsProps) {
  return (
    <section aria-label="Versions" className="min-w-0">
      <h2 className="label mb-1">Versions</h2>
      {versions[0]?.version === 0 ? (
        <p className="text-muted">
          Nobody gave this agent a policy: its runs are scored, and nothing is ever held.
        </p>
      ) : (
        <ol className="border-line max-h-72 overflow-y-auto border-t">
          {versions.map((each, nth) => (
            <li
              key={each.version}
              className="border-line flex flex-wrap items-center gap-x-3 border-b py-1"
            >
              <span className="font-medium">v{each.version}</span>
              <span>{driftPolicyWords(each)}</span>
              <span className="text-muted min-w-0 grow">
                {each.author !== null && visible(spokenActor(each.author))}
                {each.madeAt !== null && `, ${dateTime(Date.parse(each.madeAt))}`}
                {each.why !== null && ` · ${visible(each.why)}`}
              </span>
              {nth > 0 && take !== null && (
                <Button look="quiet" onClick={() => take(each)}>
                  Take up
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
