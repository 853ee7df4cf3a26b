/** Which row the keys act on, and which rows are chosen for one command together. */
export interface Choice {
  readonly current: string | null
  readonly chosen: ReadonlySet<string>
  /** Where a range begins, and the rows it last took: drawing it back lets go of those. */
  readonly anchor: string | null
  readonly range: readonly string[]
}

export const nothingChosen: Choice = {
  current: null,
  chosen: new Set(),
  anchor: null,
  range: [],
}

export const at = (id: string | null): Choice => ({ ...nothingChosen, current: id, anchor: id })

function between(order: readonly string[], from: string, to: string): readonly string[] {
  const [a, b] = [order.indexOf(from), order.indexOf(to)]
  if (a < 0 || b < 0) return [to]
  return order.slice(Math.min(a, b), Math.max(a, b) + 1)
}

/** Draws the range from the anchor to a row; what the range took before and no longer covers is let go. */
function extended(choice: Choice, to: string, order: readonly string[]): Choice {
  const anchor = choice.anchor ?? choice.current ?? to
  const range = between(order, anchor, to)
  const chosen = new Set(choice.chosen)
  for (const id of choice.range) chosen.delete(id)
  for (const id of range) chosen.add(id)
  return { current: to, chosen, anchor, range }
}

/** Takes a row in or out. The first one taken beside a current row takes that along, as a list does. */
export function toggledRow(choice: Choice, id: string, withCurrent = false): Choice {
  const chosen = new Set(choice.chosen)
  if (withCurrent && chosen.size === 0 && choice.current !== null) chosen.add(choice.current)
  if (chosen.has(id) && !(withCurrent && choice.chosen.size === 0)) chosen.delete(id)
  else chosen.add(id)
  return { current: id, chosen, anchor: id, range: [] }
}

export interface Press {
  readonly id: string
  /** Ctrl or Cmd, or on the box itself. */
  readonly add: boolean
  /** Shift. */
  readonly range: boolean
  readonly onBox: boolean
}

export function pressed(choice: Choice, press: Press, order: readonly string[]): Choice {
  if (press.range) return extended(choice, press.id, order)
  if (press.onBox) return toggledRow(choice, press.id)
  return press.add ? toggledRow(choice, press.id, true) : at(press.id)
}

/** One row on or back; `extend` draws the range along. Stays within the list. */
export function stepped(
  choice: Choice,
  by: 1 | -1,
  order: readonly string[],
  extend = false,
): Choice {
  const index = choice.current === null ? -1 : order.indexOf(choice.current)
  const to = order[Math.min(order.length - 1, Math.max(0, index + by))]
  if (to === undefined) return choice
  if (extend) return extended(choice, to, order)
  // What was chosen stays chosen while the keys walk on.
  return { ...choice, current: to, anchor: to, range: [] }
}

export const all = (choice: Choice, ids: readonly string[]): Choice => ({
  ...choice,
  chosen: new Set(ids),
  range: [],
})

/** Where nothing can be commanded nothing is chosen for it; what was chosen stays for later. */
export const noneChosen = (choice: Choice): Choice => ({
  ...choice,
  chosen: nothingChosen.chosen,
  range: [],
})

/** First the chosen are let go, then the current row. */
export const letGo = (choice: Choice): Choice =>
  choice.chosen.size > 0 ? { ...choice, chosen: new Set(), range: [] } : nothingChosen
