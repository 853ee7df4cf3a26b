import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const MOST_BOOKS = 60

/**
 * What the shop has done, a line each, in books by name. It lies in files, so a restart of everything forgets
 * nothing; the newest books are kept. Synchronous, so that two requests cannot come between a look and its line.
 */
export class Ledger<Line extends object> {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  lines(book: string): Line[] {
    try {
      return readFileSync(this.#file(book), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line)
    } catch {
      return []
    }
  }

  add(book: string, line: Line): void {
    if (this.lines(book).length === 0) this.#makeRoom()
    appendFileSync(this.#file(book), `${JSON.stringify(line)}\n`)
  }

  #makeRoom(): void {
    const books = readdirSync(this.#folder).toSorted((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    )
    for (const old of books.slice(0, Math.max(0, books.length + 1 - MOST_BOOKS)))
      rmSync(join(this.#folder, old), { force: true })
  }

  #file(book: string): string {
    if (!/^[\w-]{1,60}$/.test(book)) throw new Error(`"${book}" is no name of a book.`)
    return join(this.#folder, `${book}.jsonl`)
  }
}
