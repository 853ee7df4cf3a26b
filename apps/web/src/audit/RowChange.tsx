import type { AuditRow } from '@holdpoint/protocol'

import { JsonDiff } from '../ui/JsonDiff'
import { JsonView } from '../ui/JsonView'

/** What the row says has changed: path by path where there is a before and an after. */
export function RowChange({ row }: { readonly row: AuditRow }) {
  const { dataBefore: before, dataAfter: after } = row
  if (before === null && after === null) {
    return <p className="text-muted">The writer recorded no data with this row.</p>
  }
  if (before === null)
    return <JsonView label="After; nothing was recorded of before" value={after} />
  if (after === null)
    return <JsonView label="Before; nothing was recorded of after" value={before} />
  return (
    <>
      <JsonDiff label="Before → after" before={before} after={after} />
      <details>
        <summary className="text-muted hover:text-text w-fit py-1">Both in full</summary>
        <div className="mt-1 flex flex-col gap-2">
          <JsonView label="Before" value={before} />
          <JsonView label="After" value={after} />
        </div>
      </details>
    </>
  )
}
