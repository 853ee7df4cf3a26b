export interface Mutation {
  readonly name: string
  readonly sql: string
  /** The file, and the beginning of the test's name, that must fail under it. */
  readonly file: string
  readonly test: string
}

export const mutations: readonly Mutation[] = []
