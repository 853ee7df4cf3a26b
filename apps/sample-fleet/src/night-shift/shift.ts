/** What the night shift works with: the server's verbs and views, and the shop where it looks things up. */
export interface Shift {
  readonly actor: string
  readonly shopUrl: string
  readonly query: <Row extends object>(sql: string, values: readonly unknown[]) => Promise<Row[]>
  /** Seconds of the night, made shorter by the fleet's pace. */
  readonly seconds: (seconds: number) => number
  /** Does one verb. A refusal is fine: someone else was quicker. */
  readonly verb: (sql: string, values: readonly unknown[]) => Promise<void>
}

/** One look at one kind of thing that waits for a person. */
export type Round = (shift: Shift) => Promise<void>

/** Each reason says whose it is: nobody may take it for a person's. */
export const why = (words: string): string => `sample night shift: ${words}`

/** Of each so many, one: always the same for the same id. */
export const oneIn = (many: number, id: string): boolean =>
  Number.parseInt(id.slice(0, 6), 16) % many === 0
