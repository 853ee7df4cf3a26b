import { dateTime, preciseTime } from '../../time/format'
import { beginOf, itemsOf, keyOf, type Item } from './items'
import { notDrawnOf, notDrawnWords, tooManyStretches } from './notDrawn'
import type { Scene } from './scene'
import { useSceneVersion } from './useSceneVersion'
import { wayOf } from './way'
import { WayLink } from './WayLink'
import { laneName } from './wholeFleet'
import { wordsOf } from './words'

const mostRows = 500

interface Row {
  readonly agentId: string
  readonly item: Item
}

/** The lanes as a table: all that is drawn of what is shown, in the order of time. */
export function MomentTable({ scene }: { readonly scene: Scene }) {
  'use no memo' // The scene changes without becoming another object.
  useSceneVersion(scene)
  const rows = rowsOf(scene)
  return (
    // What scrolls must be reached by keys.
    <div
      role="group"
      aria-label="Lanes as a table"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto -outline-offset-2 max-md:flex-auto"
    >
      <table className="w-full text-left">
        <caption className="sr-only">
          Runs, steps, tools, holds, approvals, stops and what people did, in the order of time
        </caption>
        <thead className="bg-bg label sticky top-0">
          <tr>
            {['From', 'Agent', 'What', 'Opens'].map((title) => (
              <th
                key={title}
                scope="col"
                // A phone has no room for it: there the agent stands over what it did.
                className={`border-line h-7 border-b px-3 font-normal ${title === 'Agent' ? 'max-md:hidden' : ''}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row) => (
            <MomentRow key={`${row.agentId} ${keyOf(row.item)}`} {...row} />
          ))}
        </tbody>
      </table>
      {rows.length > mostRows && (
        <p className="label px-3 py-2">
          {(rows.length - mostRows).toLocaleString('en')} more: zoom in to see them.
        </p>
      )}
      {rows.length === 0 && <p className="text-muted px-3 py-3">Nothing happened in this time.</p>}
      <LeftOut scene={scene} />
    </div>
  )
}

/** What was too many to be read with the rest. */
function LeftOut({ scene }: { readonly scene: Scene }) {
  'use no memo' // The scene changes without becoming another object.
  const lanes = [...(scene.mostSeen()?.lanes.values() ?? [])]
  const more = notDrawnWords(notDrawnOf(lanes))
  const noStretches = lanes.length > 0 && !lanes.some(({ stretches }) => stretches !== null)
  if (more === '' && !noStretches) return null
  return (
    <p className="label px-3 py-2">
      {noStretches && `${tooManyStretches} `}
      {more !== '' && `${more} of this time are not listed: zoom in, or choose fewer agents.`}
    </p>
  )
}

function rowsOf(scene: Scene): readonly Row[] {
  const { view, lanes } = scene
  const picture = scene.mostSeen()
  if (view === null || picture === undefined) return []
  return lanes.boxes
    .flatMap(({ agentId }) => {
      const lane = picture.lanes.get(agentId)
      return lane === undefined ? [] : itemsOf(lane, view).map((item) => ({ agentId, item }))
    })
    .toSorted((a, b) => beginOf(a.item) - beginOf(b.item))
}

function MomentRow({ agentId, item }: Row) {
  const { what, when, more } = wordsOf(item)
  const way = wayOf(item)
  return (
    <tr className="border-line hover:bg-raised border-b align-top">
      <td className="px-3 py-1 font-mono text-small whitespace-nowrap" title={when}>
        <time dateTime={way.at}>
          <span className="text-muted max-md:block">{dateTime(beginOf(item)).slice(0, -8)}</span>
          {preciseTime(beginOf(item))}
        </time>
      </td>
      <td className="max-w-40 truncate px-3 py-1 max-md:hidden">{laneName(agentId)}</td>
      <td className="px-3 py-1 wrap-anywhere">
        <span className="text-muted block md:hidden">{laneName(agentId)}</span>
        <span className="font-medium">{what}</span>
        {more !== '' && <span className="text-muted"> {more}</span>}
      </td>
      <td className="px-3 py-1 font-mono text-small whitespace-nowrap">
        <WayLink way={way} className="hover:text-text text-muted underline">
          {way.to === 'audit' ? 'audit row' : way.runId.slice(0, 8)}
        </WayLink>
      </td>
    </tr>
  )
}
