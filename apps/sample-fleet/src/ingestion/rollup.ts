export const suppliers = ['north', 'east', 'south', 'west', 'coast', 'hills'] as const
export type Supplier = (typeof suppliers)[number]

export interface FileState {
  /** What the warehouse knows this file's load by: its token. */
  readonly load: string
  readonly status: 'waiting' | 'landed' | 'landed before' | 'failed'
  readonly began: string | null
  readonly ended: string | null
  readonly attempts: number
  readonly lastError: string | null
}

/** What became of a day's files: the run's memory and its last step's result. */
export interface Rollup {
  allDone: boolean
  day: number
  readonly files: Record<Supplier, FileState>
}

export const loadOf = (day: number, file: Supplier): string => `${day}-${file}`

export function emptyRollup(day: number): Rollup {
  const waiting = (file: Supplier): FileState => ({
    load: loadOf(day, file),
    status: 'waiting',
    began: null,
    ended: null,
    attempts: 0,
    lastError: null,
  })
  const files = Object.fromEntries(suppliers.map((file) => [file, waiting(file)]))
  return { allDone: false, day, files: files as Record<Supplier, FileState> }
}

/** Writes down what is known of one file. */
export function note(rollup: Rollup, file: Supplier, known: Partial<FileState>): void {
  rollup.files[file] = { ...rollup.files[file], ...known }
  rollup.allDone = Object.values(rollup.files).every(({ status }) => status.startsWith('landed'))
}

/** "5 of 6 files landed; south failed at upsert_destination: PUT ... answered 502 (3 attempts)" */
export function inWords({ files }: Rollup): string {
  const all = Object.entries(files)
  const landed = all.filter(([, { status }]) => status.startsWith('landed')).length
  const failed = all.filter(([, { status }]) => status === 'failed')
  return [
    `${landed} of ${all.length} files landed`,
    ...failed.map(
      ([file, { lastError, attempts }]) =>
        `${file} failed at upsert_destination: ${lastError ?? 'no reason given'} (${attempts} attempts)`,
    ),
  ].join('; ')
}
