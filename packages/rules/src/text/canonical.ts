import {
  isIdKey,
  isInstant,
  isSubjectKey,
  isVolatileKey,
  VOLATILE,
  withoutVolatile,
} from './volatile.ts'

/** What may be read of one value, in characters; every branch gets its share, so order cannot matter. */
export const MOST_CHARACTERS = 16_384
const DEEPEST = 64
/** Least that a value costs. */
const LEAST = 8
const MOST_KEYS = 2048

export interface Reading {
  /** Arguments keep what stands under a key such as `ticket_id`; results keep no ids. */
  readonly keepsSubjects: boolean
  /** Keys, lower case, whose values never count. */
  readonly ignore: readonly string[]
  /** Keys, lower case, whose values always count as they are. */
  readonly subjects: readonly string[]
}

/**
 * One text for all values that differ only in the order of keys and in volatile parts. At most
 * about `MOST_CHARACTERS` of the value are read, however deep or wide it is; what is beyond is
 * told apart by its size alone.
 */
export const canonical = (value: unknown, reading: Reading): string =>
  written(value, { reading, subject: false, depth: 0, budget: MOST_CHARACTERS })

interface Place {
  readonly reading: Reading
  /** Below a key that says what is asked about. */
  readonly subject: boolean
  readonly depth: number
  readonly budget: number
}

function written(value: unknown, place: Place): string {
  if (place.budget < LEAST || place.depth > DEEPEST) return '…'
  switch (typeof value) {
    case 'string':
      return JSON.stringify(writtenText(value, place))
    case 'number':
      return isInstant(value) && !place.subject ? VOLATILE : String(value)
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writtenList(value, place) : writtenObject(value, place)
    case 'undefined':
      return 'null'
    default:
      return `<${typeof value}>`
  }
}

function writtenText(text: string, { subject, budget }: Place): string {
  const cut = text.length > budget ? ends(text, budget) : text
  return subject ? cut : withoutVolatile(cut)
}

/** Both ends: an error's last line says more than its middle. */
function ends(text: string, budget: number): string {
  const tail = Math.floor(budget / 4)
  return `${text.slice(0, budget - tail)}…${text.slice(-tail)}`
}

function writtenList(list: readonly unknown[], place: Place): string {
  const most = Math.floor(place.budget / (2 * LEAST))
  const whole = list.length <= most
  const tail = Math.floor(most / 4)
  const read = whole ? list : [...list.slice(0, most - tail), ...list.slice(-tail)]
  const inner = within(place, read)
  const rest = whole ? '' : `,…${list.length}`
  return `[${read.map((each) => written(each, inner)).join(',')}${rest}]`
}

function writtenObject(value: object, place: Place): string {
  const keys = Object.keys(value)
  if (keys.length > Math.min(MOST_KEYS, place.budget / (2 * LEAST))) {
    return `{${keys.length} keys}`
  }
  const inner = within(place, Object.values(value))
  const entries = keys
    .map((key) => writtenEntry(key, (value as Record<string, unknown>)[key], inner))
    .filter((entry) => entry !== undefined)
  // Sorted as written: a key may itself be an id.
  return `{${entries.toSorted(byUnits).join(',')}}`
}

function writtenEntry(key: string, value: unknown, place: Place): string | undefined {
  const { reading } = place
  const name = key.slice(0, 64).toLowerCase()
  const declared = reading.subjects.includes(name)
  if (reading.ignore.includes(name)) return undefined
  const isId = !reading.keepsSubjects && !place.subject && isIdKey(key)
  if (!declared && (isId || isVolatileKey(key))) return `${JSON.stringify(name)}:${VOLATILE}`
  const subject = place.subject || declared || (reading.keepsSubjects && isSubjectKey(key))
  const shown = withoutVolatile(key.slice(0, 64))
  return `${JSON.stringify(shown)}:${written(value, { ...place, subject })}`
}

/** What is small takes what it needs; what is left goes to the others in equal parts. */
function within(place: Place, values: readonly unknown[]): Place {
  const large = values.filter((value) => !isSmall(value)).length
  const left = place.budget - LEAST - (values.length - large) * 2 * LEAST
  const equal = Math.floor((place.budget - LEAST) / Math.max(1, values.length))
  const budget = large === 0 ? equal : Math.max(equal, Math.floor(left / large))
  return { ...place, depth: place.depth + 1, budget }
}

const isSmall = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.length <= 2 * LEAST
    : typeof value !== 'object' || value === null

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
