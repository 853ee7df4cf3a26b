import { type Policy, spokenActor } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../app/trpc'
import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { JsonDiff } from '../../ui/JsonDiff'
import { visible } from '../../ui/visible'

/** What it said before, who changed it and why; newest first. */
export function PolicyVersions({ policy }: { readonly policy: Policy }) {
  const query = useQuery({
    queryKey: ['policies', 'versions', policy.id, policy.version],
    queryFn: () => api.policies.versions.query({ id: policy.id }),
  })
  const versions = query.data ?? []
  return (
    <details>
      <summary className="label">Earlier versions ({policy.version - 1})</summary>
      {query.error !== null && <ErrorLine told={told(query.error, 'read')} />}
      <ol className="flex flex-col gap-3 pt-2">
        {versions.map((version, index) => {
          const before = versions[index + 1]
          return (
            <li key={version.version}>
              <p>
                Version {version.version}, {visible(spokenActor(version.createdBy))},{' '}
                {dateTime(Date.parse(version.createdAt))}
                {version.why !== null && `: ${visible(version.why)}`}
              </p>
              {before !== undefined && (
                <JsonDiff label="What it changed" before={said(before)} after={said(version)} />
              )}
            </li>
          )
        })}
      </ol>
    </details>
  )
}

/** What a version says, without when and by whom. */
const said = ({
  version: _version,
  current: _current,
  createdAt: _at,
  createdBy: _by,
  why: _why,
  retiredAt: _retiredAt,
  retiredBy: _retiredBy,
  ...words
}: Policy) => words
