import { createInterface } from 'node:readline/promises'

/** Asks on the terminal. Undefined where none is, or where the question was left with Ctrl-C or Ctrl-D. */
export async function askAtTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  const left = new AbortController()
  lines.once('close', () => left.abort())
  try {
    return await lines.question(question, { signal: left.signal })
  } catch (error) {
    if (left.signal.aborted) return undefined
    throw error
  } finally {
    lines.close()
  }
}
