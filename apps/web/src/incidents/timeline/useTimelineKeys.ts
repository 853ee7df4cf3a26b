import { useHotkeys } from '../../ui/useHotkeys'
import { beginOf, endOf, keyOf, type Item } from './items'
import type { Scene } from './scene'

/** The way through the lanes by keys: over time within a lane, from lane to lane, closer and away. */
export function useTimelineKeys(scene: Scene, open: (item: Item | null, agentId: string) => void) {
  useHotkeys({
    repeat: ['j', 'k', 'arrowup', 'arrowdown', 'arrowleft', 'arrowright', '+', '=', '-'],
    down: {
      j: () => along(scene, 1),
      k: () => along(scene, -1),
      arrowdown: () => across(scene, 1),
      arrowup: () => across(scene, -1),
      arrowleft: () => scene.moveBy(-0.25),
      arrowright: () => scene.moveBy(0.25),
      '+': () => scene.scale(0.5, cursorTime(scene)),
      '=': () => scene.scale(0.5, cursorTime(scene)),
      '-': () => scene.scale(2, cursorTime(scene)),
      '0': () => scene.choose({ from: -Infinity, to: Infinity }),
      z: () => zoomToCursor(scene),
      enter: () => {
        const { cursor } = scene
        if (cursor !== null) open(cursor.item, cursor.agentId)
      },
      escape: () => scene.setCursor(null),
    },
  })
}

/** Zooming by keys is about the cursor while it is in view. */
function cursorTime({ cursor, view }: Scene): number | undefined {
  if (cursor === null || cursor.item === null || view === null) return undefined
  const at = beginOf(cursor.item)
  return at >= view.from && at <= view.to ? at : undefined
}

function along(scene: Scene, by: 1 | -1): void {
  const agentId = scene.cursor?.agentId ?? scene.lanes.boxes[0]?.agentId
  if (agentId === undefined) return
  const items = scene.itemsNear(agentId)
  const current = scene.cursor?.item ?? null
  const at = current === null ? -1 : items.findIndex((item) => keyOf(item) === keyOf(current))
  const next = at < 0 ? nearCursor(scene, items, by) : items[at + by]
  if (next !== undefined) scene.setCursor({ agentId, item: next })
}

/** The next item where the current one is not among them any more, or there is none. */
function nearCursor(scene: Scene, items: readonly Item[], by: 1 | -1): Item | undefined {
  const { cursor } = scene
  if (cursor === null || cursor.item === null) return endOfView(scene, items, by)
  const near = beginOf(cursor.item)
  return by === 1
    ? items.find((item) => beginOf(item) > near)
    : items.findLast((item) => beginOf(item) < near)
}

/** The first item of the view, or the last. */
function endOfView({ view }: Scene, items: readonly Item[], by: 1 | -1): Item | undefined {
  if (view === null) return undefined
  const inView = items.filter((item) => beginOf(item) <= view.to && endOf(item) >= view.from)
  return by === 1 ? inView[0] : inView.at(-1)
}

function across(scene: Scene, by: 1 | -1): void {
  const { boxes } = scene.lanes
  const { cursor } = scene
  const from = boxes.findIndex(({ agentId }) => agentId === cursor?.agentId)
  const next = boxes[from < 0 ? (by === 1 ? 0 : boxes.length - 1) : from + by]
  if (next === undefined) return
  const at = cursor === null || cursor.item === null ? null : beginOf(cursor.item)
  const items = scene.itemsNear(next.agentId)
  const nearest =
    at === null
      ? undefined
      : items.toSorted((a, b) => Math.abs(beginOf(a) - at) - Math.abs(beginOf(b) - at))[0]
  const item = nearest ?? endOfView(scene, items, 1)
  scene.setCursor({ agentId: next.agentId, item: item ?? null })
}

function zoomToCursor(scene: Scene): void {
  const { cursor, view } = scene
  if (cursor === null || cursor.item === null || view === null) return
  const from = beginOf(cursor.item)
  const to = Math.min(endOf(cursor.item), scene.look?.window.to ?? from)
  const room = Math.max(500, (to - from) * 0.3)
  scene.choose({ from: from - room, to: to + room })
}
