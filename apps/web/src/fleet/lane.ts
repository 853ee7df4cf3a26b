import { placeOf, troubles, type Trouble } from './asking.ts'
import type { Attention } from './attention.ts'

/** Like trouble in one line, in the order of its most urgent member. */
export interface Group {
  readonly kind: 'group'
  readonly key: string
  readonly trouble: Trouble
  readonly items: readonly Attention[]
  readonly agents: readonly string[]
  readonly like: string
}

export type Line = { readonly kind: 'one'; readonly key: string; readonly item: Attention } | Group

/** Each of these is a decision of its own: a few stay apart. */
const together: Record<Trouble, number> = {
  approval: 4,
  outcome: 4,
  overdue: 3,
  budget: 2,
  drift: 3,
  stopped: 2,
  failed: 2,
}

/** More lines of one trouble than this, and agents that have the same share one. */
const linesApart = 6

function gathered(
  items: readonly Attention[],
  trouble: Trouble,
  keyOf: (item: Attention) => string,
): readonly Line[] {
  const groups = new Map<string, Attention[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups].flatMap(([key, members]): readonly Line[] => {
    const [first] = members
    if (first === undefined) return []
    if (members.length < together[trouble])
      return members.map((item) => ({ kind: 'one', key: item.key, item }))
    const agents = [...new Set(members.map(({ agentId }) => agentId))]
    return [{ kind: 'group', key, trouble, items: members, agents, like: first.like }]
  })
}

/** One line for all that is alike: the same agent with the same trouble, or many agents with it. */
export function linesOf(items: readonly Attention[]): readonly Line[] {
  return troubles.flatMap((trouble) => {
    const some = items.filter((item) => item.trouble === trouble)
    const apart = gathered(some, trouble, (item) => `${trouble}/${item.agentId}/${item.like}`)
    // An approval has its own deadline and arguments: those of other agents are never one line.
    return apart.length <= linesApart || trouble === 'approval'
      ? apart
      : gathered(some, trouble, (item) => `${trouble}//${item.like}`)
  })
}

/** Where a group's members stood: at one place, or at how many. */
export function placesOf({ items }: Group): string {
  const places = new Set(items.map((item) => (item.kind === 'run' ? placeOf(item.run) : null)))
  const [only] = places
  if (places.size === 1) return only === null || only === undefined ? '' : ` at ${only}`
  return ` at ${places.size} places`
}

/** However crowded the fleet is, this many rows at most: lines, an opened group's members, what follows them. */
export const mostRows = 30
const mostLines = 20
const mostMembers = mostRows - mostLines - 2

export type LaneRow =
  | {
      readonly kind: 'line'
      readonly line: Line
      /** Of a group that is open: its first members, and how many there are beside them. */
      readonly members: readonly Attention[]
      readonly rest: number
    }
  | { readonly kind: 'more'; readonly count: number }

const size = (line: Line): number => (line.kind === 'one' ? 1 : line.items.length)
const troubleOf = (line: Line): Trouble => (line.kind === 'one' ? line.item.trouble : line.trouble)

/** The first lines, but of every trouble at least one: the last kind must not hide behind a crowd of another. */
function fairly(lines: readonly Line[], places: number): readonly Line[] {
  const chosen = new Set<Line>()
  for (const trouble of troubles) {
    const first = lines.find((line) => troubleOf(line) === trouble)
    if (first !== undefined) chosen.add(first)
  }
  for (const line of lines) {
    if (chosen.size >= places) break
    chosen.add(line)
  }
  return lines.filter((line) => chosen.has(line))
}

interface Lane {
  readonly rows: readonly LaneRow[]
  /** Lines that stand here when all are shown. */
  readonly whole: number
}

/** What of the lines is on screen. `few` is how many lines there are before a person asks for all. */
export function laneOf(lines: readonly Line[], opened: string | null, few: number | null): Lane {
  const shown = fairly(lines, Math.min(mostLines, few ?? mostLines))
  const rows: LaneRow[] = shown.map((line) => {
    const open = line.kind === 'group' && line.key === opened
    const members = open ? line.items.slice(0, mostMembers) : []
    return { kind: 'line', line, members, rest: open ? line.items.length - members.length : 0 }
  })
  const hidden = lines.filter((line) => !shown.includes(line))
  const count = hidden.reduce((sum, line) => sum + size(line), 0)
  if (few === null && count > 0) rows.push({ kind: 'more', count })
  return { rows, whole: fairly(lines, mostLines).length }
}

/** Rows a person sees: lines, members, the link behind the members, the link behind the lines. */
export const rowsShown = (rows: readonly LaneRow[]): number =>
  rows.reduce(
    (sum, row) =>
      sum + 1 + (row.kind === 'line' ? row.members.length + (row.members.length > 0 ? 1 : 0) : 0),
    0,
  )
