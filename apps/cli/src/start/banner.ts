export interface Banner {
  readonly signInUrl: string
  readonly database: string
  /** Path of the file that says how to connect. */
  readonly connection: string
  /** How many sample agents run; why none where there are none. */
  readonly fleet: string
}

/** What a person sees once everything is live. The link is a secret of this terminal. */
export function banner({ signInUrl, database, connection, fleet }: Banner): string[] {
  return [
    '',
    '  Holdpoint is live. Open this link to sign in:',
    '',
    `    ${signInUrl}`,
    '',
    `  Database   ${database}`,
    `  Agents     ${fleet}`,
    `  Connect    ${connection}`,
    '  Stop       Ctrl-C',
    '',
  ]
}
