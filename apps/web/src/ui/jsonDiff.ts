/** One difference between two values. The path reads as code does: `items[2].price`; '' is the whole. */
export type Change =
  | { readonly kind: 'added'; readonly path: string; readonly after: unknown }
  | { readonly kind: 'removed'; readonly path: string; readonly before: unknown }
  | {
      readonly kind: 'changed'
      readonly path: string
      readonly before: unknown
      readonly after: unknown
    }

/** More than this nobody reads, and the first say what kind of difference it is. */
export const mostChanges = 300

type Entry = readonly [path: string, before: unknown, after: unknown]
const absent = Symbol('absent')

/**
 * What differs between two JSON values, by path. Of lists, what is alike at both ends is put aside first: an entry
 * that came in front does not make all that follow it differ.
 */
export function jsonDiff(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = []
  // A list of what is still to be compared, not recursion: agents nest deeply.
  const left: Entry[] = [['', before, after]]
  while (left.length > 0 && changes.length < mostChanges) {
    const [path, a, b] = left.pop() ?? ['', null, null]
    if (a === absent) changes.push({ kind: 'added', path, after: b })
    else if (b === absent) changes.push({ kind: 'removed', path, before: a })
    else if (Array.isArray(a) && Array.isArray(b)) left.push(...ofLists(path, a, b).toReversed())
    else if (isObject(a) && isObject(b)) left.push(...ofObjects(path, a, b).toReversed())
    else if (a !== b) changes.push({ kind: 'changed', path, before: a, after: b })
  }
  return changes
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function ofObjects(
  path: string,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): Entry[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].map((key) => [
    under(path, key),
    Object.hasOwn(a, key) ? a[key] : absent,
    Object.hasOwn(b, key) ? b[key] : absent,
  ])
}

function ofLists(path: string, a: readonly unknown[], b: readonly unknown[]): Entry[] {
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && alike(a[head], b[head])) head += 1
  let tail = 0
  while (tail < shorter - head && alike(a[a.length - 1 - tail], b[b.length - 1 - tail])) tail += 1
  const entries: Entry[] = []
  for (let n = head; n < Math.max(a.length, b.length) - tail; n += 1) {
    const before = n < a.length - tail ? a[n] : absent
    const after = n < b.length - tail ? b[n] : absent
    entries.push([`${path}[${n}]`, before, after])
  }
  return entries
}

/** Objects come from JSON of one writer: alike ones have their keys in one order as a rule, and else are compared. */
const alike = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))

const under = (path: string, key: string): string =>
  /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)
    ? path === ''
      ? key
      : `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`

/** Two texts cut where they differ: what both begin with, what each has of its own, what both end with. */
export function textDiff(
  before: string,
  after: string,
): {
  readonly head: string
  readonly before: string
  readonly after: string
  readonly tail: string
} {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  let tail = 0
  while (
    tail < shorter - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1
  return {
    head: before.slice(0, head),
    before: before.slice(head, before.length - tail),
    after: after.slice(head, after.length - tail),
    tail: before.slice(before.length - tail),
  }
}
