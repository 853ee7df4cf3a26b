import type { TimelineRun } from '@holdpoint/protocol'

import { partsOf, type Part } from './cover.ts'
import { Feed, type Ask } from './feed.ts'
import { followed } from './follow.ts'
import { beginOf, itemsOf, type Item } from './items.ts'
import { Lanes, type LaneBox } from './lanes.ts'
import type { Palette } from './palette.ts'
import type { Picture } from './picture.ts'
import { lengthOf, scaled, shifted, within, type Span } from './span.ts'
import { tileOf } from './tiles.ts'
import { ToolLine } from './toolLine.ts'
import { wholeFleet } from './wholeFleet.ts'
import { spanOf, zoomTo, type Zoom } from './zoom.ts'

/** What is looked at, as the page says it. */
export interface Look {
  /** Changes when it is another window, not when one that goes on has grown. */
  readonly key: string
  readonly window: Span
  /** Its end is now. */
  readonly live: boolean
  /** Null: all. */
  readonly agents: readonly string[] | null
  /** When the history begins (ms); null: not known. */
  readonly begins: number | null
}

/** Under the pointer. */
export interface Spot {
  readonly at: number
  readonly lane: LaneBox | null
  readonly item: Item | null
  /** Of the step or tool. */
  readonly run: TimelineRun | null
  /** Px from the left and the top of the lanes, for what is shown beside it, and to which side of it there is room. */
  readonly x: number
  readonly y: number
  readonly side: 'left' | 'right'
  readonly edge: 'above' | 'below'
}

/** Where the keys are. */
export interface Cursor {
  readonly agentId: string
  readonly item: Item | null
}

interface SceneOptions {
  readonly read: (ask: Ask, signal: AbortSignal) => Promise<Picture>
  readonly now: () => number
}

const windowBuckets = 1000

/** Everything the lanes are drawn from. It knows no React and no canvas, and says when it has changed. */
export class Scene {
  readonly lanes = new Lanes()
  readonly #options: SceneOptions
  readonly #listeners = new Set<() => void>()
  readonly #zoomers = new Set<(zoom: Zoom | null) => void>()
  #feed: Feed
  #look: Look | null = null
  #zoom: Zoom | null = null
  #palette: Palette | null = null
  #spot: Spot | null = null
  #cursor: Cursor | null = null
  /** The run that the cursor is to be put on as soon as it is there. */
  #aim: string | null = null
  #version = 0
  #placed = new WeakSet<Picture>()
  readonly #toolLine = new ToolLine()

  constructor(options: SceneOptions) {
    this.#options = options
    this.#feed = this.#newFeed()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  /** Calls when the zoom was changed by hand. */
  readonly onZoom = (zoomed: (zoom: Zoom | null) => void): (() => void) => {
    this.#zoomers.add(zoomed)
    return () => this.#zoomers.delete(zoomed)
  }
  /** Another number after each change. */
  readonly version = (): number => this.#version

  get look(): Look | null {
    return this.#look
  }
  get zoom(): Zoom | null {
    return this.#zoom
  }
  get palette(): Palette | null {
    return this.#palette
  }
  get spot(): Spot | null {
    return this.#spot
  }
  get cursor(): Cursor | null {
    return this.#cursor
  }
  get failed(): unknown {
    return this.#feed.failed
  }
  get reading(): boolean {
    return this.#feed.reading
  }
  /** The whole window, once it was read. */
  get whole(): Picture | undefined {
    return this.#feed.get('window')
  }
  get view(): Span | null {
    const span = this.#span
    return this.#zoom?.kind === 'last' && span !== null
      ? followed(
          span,
          [...this.#feed.kept].map(({ picture }) => picture),
        )
      : span
  }

  /** What the zoom means: where it follows, up to now. */
  get #span(): Span | null {
    return this.#look === null ? null : spanOf(this.#zoom, this.#look.window)
  }

  show(look: Look): void {
    const another = look.key !== this.#look?.key
    this.#look = look
    if (another) {
      this.#feed.close()
      this.#feed = this.#newFeed()
      this.lanes.clear()
      this.#spot = null
      this.#cursor = null
    }
    this.#changed()
  }

  setZoom(zoom: Zoom | null): void {
    this.#zoom = zoom
    this.#changed()
  }

  /** Puts the cursor on a run, now or as soon as it was read. */
  aimAt(runId: string | null): void {
    this.#aim = runId
    this.#changed()
  }

  setPalette(palette: Palette): void {
    this.#palette = palette
    this.#changed()
  }

  point(spot: Spot | null): void {
    if (spot === null && this.#spot === null) return
    this.#spot = spot
    this.#changed()
  }

  /** Shows a span of the window; where it ends with a window that goes on, it goes on with it. */
  choose(span: Span): void {
    const look = this.#look
    if (look === null) return
    this.#zoom = zoomTo(span, look.window, look.live)
    this.#changed()
    for (const zoomed of this.#zoomers) zoomed(this.#zoom)
  }

  /** Makes the view `factor` times as long about an instant; without one about its middle, or its live end. */
  scale(factor: number, about?: number): void {
    const follows = this.#look?.live === true && this.#zoom?.kind !== 'at'
    const view = follows ? this.#span : this.view
    if (view === null) return
    const at = about ?? (follows ? view.to : (view.from + view.to) / 2)
    this.choose(scaled(view, factor, at))
  }

  move(ms: number): void {
    const { view } = this
    const window = this.#look?.window
    if (view === null || window === undefined) return
    this.choose(within(shifted(view, ms), window))
  }

  moveBy(part: number): void {
    if (this.view !== null) this.move(lengthOf(this.view) * part)
  }

  whereToLook(): readonly Part[] {
    const look = this.#look
    const { view } = this
    if (look === null || view === null) return []
    return partsOf(view, tileOf(view, look.window).key, this.#feed.kept)
  }

  /** The picture that shows most of the view. */
  mostSeen(): Picture | undefined {
    return this.whereToLook().toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]?.picture
  }

  setCursor(cursor: Cursor | null): void {
    this.#cursor = cursor
    if (cursor?.item !== null && cursor !== null) this.#reveal(beginOf(cursor.item))
    this.#changed()
  }

  /** Everything of a lane that can be gone to from the view, in the order of time. */
  itemsNear(agentId: string): readonly Item[] {
    const picture = this.mostSeen()
    const lane = picture?.lanes.get(agentId)
    return picture === undefined || lane === undefined ? [] : itemsOf(lane, picture)
  }

  /** Something that is drawn with it has changed. */
  touch(): void {
    this.#changed()
  }

  retry(): void {
    this.#feed.retry()
  }

  close(): void {
    this.#feed.close()
  }

  #reveal(at: number): void {
    const { view } = this
    if (view === null || (at >= view.from && at <= view.to)) return
    const half = lengthOf(view) / 2
    this.choose({ from: at - half, to: at + half })
  }

  #newFeed(): Feed {
    const { read, now } = this.#options
    return new Feed({ read, now, changed: () => this.#changed() })
  }

  #changed(): void {
    for (const { picture, ask } of this.#feed.kept) {
      if (this.#placed.has(picture)) continue
      this.#placed.add(picture)
      this.lanes.add(picture, ask.key === 'window')
    }
    this.#giveToolLine()
    this.#takeAim()
    this.#feed.want(this.#asks())
    this.#version += 1
    for (const listener of this.#listeners) listener()
  }

  /** As the picture that was read for this view says; until it is there, nothing moves. */
  #giveToolLine(): void {
    const { view } = this
    if (this.#look === null || view === null) return
    const own = this.#feed.get(tileOf(view, this.#look.window).key)
    if (own !== undefined) this.lanes.giveToolLine(this.#toolLine.decide(own, view))
  }

  #takeAim(): void {
    if (this.#aim === null || this.whole === undefined) return
    for (const lane of this.whole.lanes.values()) {
      const found = lane.runs.find(({ run }) => run.id === this.#aim)
      if (found === undefined) continue
      this.#cursor = { agentId: lane.agentId, item: { ...found, kind: 'run' } }
    }
    this.#aim = null
  }

  #asks(): readonly Ask[] {
    const look = this.#look
    const view = this.#span
    if (look === null || view === null) return []
    const window: Ask = {
      key: 'window',
      ...look.window,
      width: windowBuckets,
      agents: look.agents,
      freshMs: look.live ? freshMs(look.window) : null,
    }
    const { whole } = this
    const tile = tileOf(view, look.window)
    // Its lanes are those of the window, which is read first.
    if (tile.key === 'window' || whole === undefined) return [window]
    const drawn = this.lanes.boxes.map(({ agentId }) => agentId)
    const agents = whole.moreLanes > 0 ? drawn.filter((id) => id !== wholeFleet) : look.agents
    const reachesNow = look.live && tile.to >= look.window.to
    return [{ ...tile, agents, freshMs: reachesNow ? freshMs(tile) : null }, window]
  }
}

/** How long what reaches to now may be shown before it is read again (ms): the closer one looks, the shorter. */
const freshMs = (span: Span): number => Math.min(15_000, Math.max(1000, lengthOf(span) / 300))
