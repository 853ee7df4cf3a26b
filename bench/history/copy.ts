import type { Client, Submittable } from 'pg'

/** What the driver's connection can do for COPY; its types do not say. */
interface CopyConnection {
  query: (text: string) => void
  sendCopyFromChunk: (chunk: Buffer) => void
  endCopyFrom: () => void
}

/** One COPY ... FROM STDIN, in the way in which the driver runs any statement. */
class CopyIn implements Submittable {
  readonly done = Promise.withResolvers<void>()
  readonly #text: string
  readonly #lines: readonly string[]

  constructor(text: string, lines: readonly string[]) {
    this.#text = text
    this.#lines = lines
  }

  submit(connection: unknown): void {
    ;(connection as CopyConnection).query(this.#text)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#lines.join('')))
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {
    // Its end is told by readyForQuery.
  }

  handleReadyForQuery(): void {
    this.done.resolve()
  }

  handleError(error: Error): void {
    this.done.reject(error)
  }
}

/** Rows as lines in COPY's text format, in one transaction. */
export async function copyIn(
  client: Client,
  into: string,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return
  const copy = new CopyIn(`copy ${into} from stdin`, lines)
  client.query(copy)
  await copy.done.promise
}

/** A row for COPY: null is `\N`, and no value here has a tab or a backslash. */
export const line = (values: readonly (string | number | null)[]): string =>
  `${values.map((value) => value ?? String.raw`\N`).join('\t')}\n`
