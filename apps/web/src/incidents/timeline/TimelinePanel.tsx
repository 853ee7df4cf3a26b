import { useNavigate } from '@tanstack/react-router'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { useConnection } from '../../live/useLive'
import { compact } from '../../time/format'
import { Button } from '../../ui/Button'
import { Skeleton } from '../../ui/Skeleton'
import { auditAround } from '../auditWindow'
import { momentSearch } from '../MomentLink'
import type { IncidentWindow } from '../window'
import type { Item } from './items'
import { LaneField } from './LaneField'
import { MomentTable } from './MomentTable'
import { tooManyStretches } from './notDrawn'
import { NothingThere } from './NothingThere'
import type { Picture } from './picture'
import { ReadOut } from './ReadOut'
import { Ruler } from './Ruler'
import type { Scene } from './scene'
import { Strip } from './Strip'
import { useBars } from './useBars'
import { useSceneVersion } from './useSceneVersion'
import { useTimelineKeys } from './useTimelineKeys'
import { wayOf } from './way'
import { wholeFleet } from './wholeFleet'
import { ZoomBar } from './ZoomBar'

interface TimelinePanelProps {
  readonly scene: Scene
  readonly window: IncidentWindow
  readonly agents: readonly string[] | null
  /** In the window, as the summary beside it says; null: not known yet. */
  readonly events: number | null
  readonly table: boolean
  readonly showTable: (table: boolean) => void
  readonly pickAgent: (agentId: string) => void
  readonly adopt: () => void
}

/** Events over the window, and over it the lanes of agents: zoomed, moved through, and opened anywhere. */
export function TimelinePanel(props: TimelinePanelProps) {
  'use no memo' // The scene changes without becoming another object.
  const { scene, window, agents, events, table, showTable, pickAgent, adopt } = props
  useSceneVersion(scene)
  const navigate = useNavigate()
  const { phase } = useConnection()
  const bars = useBars(scene, window, agents)
  const open = (item: Item | null, agentId: string, pressed?: number) => {
    if (item === null) return agentId === wholeFleet ? undefined : pickAgent(agentId)
    const way = wayOf(item, pressed)
    if (way.to === 'audit') return void navigate({ to: '/audit', search: auditAround(way) })
    const { runId, at, seq } = way
    void navigate({ to: '/runs/$runId', params: { runId }, search: momentSearch(at, seq) })
  }
  useTimelineKeys(scene, open)
  const { whole, failed, view, look } = scene
  return (
    <section
      aria-label="Timeline"
      className="flex min-h-0 min-w-0 flex-1 flex-col max-md:max-h-[56dvh] max-md:flex-none"
    >
      <ZoomBar scene={scene} table={table} showTable={showTable} adopt={adopt} />
      <Strip
        scene={scene}
        bars={bars}
        words={events === null ? '' : `${compact(events)} ${events === 1 ? 'event' : 'events'}`}
      />
      <Ruler scene={scene} isLive={phase === 'live'} {...rulerWords(scene, table)} />
      {failed !== null && (
        <div className="border-line flex flex-wrap items-center gap-3 border-b px-3 py-1.5">
          <ErrorLine
            told={{
              ...told(failed, 'read'),
              ...(whole !== undefined && { notDone: 'What is drawn was read before.' }),
            }}
          />
          <Button onClick={() => scene.retry()}>Try again</Button>
        </div>
      )}
      {whole === undefined ? (
        failed === null && <Skeleton rows={10} label="Loading the lanes" />
      ) : isEmpty(whole, agents) && look !== null ? (
        <NothingThere window={window} agents={agents} />
      ) : table ? (
        <MomentTable scene={scene} />
      ) : (
        <LaneField
          scene={scene}
          pickAgent={pickAgent}
          press={(item, at, by) => {
            // A finger is not exact: what it chose is read first, and opened from there.
            if (item !== null && by === 'mouse') open(item, '', at)
          }}
        />
      )}
      {view !== null && whole !== undefined && !isEmpty(whole, agents) && <ReadOut scene={scene} />}
    </section>
  )
}

/** Nothing at all, or nothing of the agents that were asked for. */
const isEmpty = ({ lanes }: Picture, agents: readonly string[] | null): boolean =>
  lanes.size <= 1 && (agents !== null || (lanes.get(wholeFleet)?.acts.length ?? 0) === 0)

interface RulerWords {
  readonly words: string
  /** The same where the column of names is narrow. */
  readonly few: string
  readonly why?: string
}

/** What the zoom has to show and where, so that nobody looks for tools that are not drawn. */
function rulerWords(scene: Scene, table: boolean): RulerWords {
  const none = { words: '', few: '' }
  if (scene.whole === undefined) return none
  const lanes = [...(scene.mostSeen()?.lanes.values() ?? [])]
  if (lanes.length === 0) return none
  if (!lanes.some(({ stretches }) => stretches !== null))
    return { words: 'runs; zoom in for steps', few: 'zoom for steps', why: tooManyStretches }
  if (table) return { words: 'runs, steps and tools', few: 'with tools' }
  return scene.lanes.hasToolLine
    ? { words: 'steps in bars, tools below', few: 'tools below' }
    : { words: 'runs, steps and tools', few: 'tools in bars' }
}
