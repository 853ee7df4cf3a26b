/** A form as a reader has it: what its fields are called, and what they say. */
export type Fields = Readonly<Record<string, string>>

export interface FieldChange {
  readonly name: string
  readonly before: string
  readonly after: string
}

/** What differs, in the order of the fields; a field that one of them lacks says nothing there. */
export const differing = (before: Fields, after: Fields): readonly FieldChange[] =>
  Object.keys({ ...before, ...after })
    .map((name) => ({ name, before: before[name] ?? '', after: after[name] ?? '' }))
    .filter((change) => change.before !== change.after)

/** The names of what both have changed, and not to the same. */
export const bothChanged = (base: Fields, mine: Fields, theirs: Fields): readonly string[] =>
  differing(base, mine)
    .filter(({ name, after }) => {
      const now = theirs[name] ?? ''
      return now !== (base[name] ?? '') && now !== after
    })
    .map(({ name }) => name)
