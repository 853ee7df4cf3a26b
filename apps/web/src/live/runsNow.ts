import type { Run, RunId } from '@holdpoint/protocol'

/**
 * The runs as they are held now, without a copy of them: ten thousand would be copied ten times a
 * second. A new one is made for each view, so that whoever remembers by identity sees that time passed.
 */
export class RunsNow implements ReadonlyMap<string, Run> {
  readonly #held: ReadonlyMap<RunId, Run>

  constructor(held: ReadonlyMap<RunId, Run>) {
    this.#held = held
  }

  get size(): number {
    return this.#held.size
  }

  get(id: string): Run | undefined {
    return this.#held.get(id as RunId)
  }

  has(id: string): boolean {
    return this.#held.has(id as RunId)
  }

  forEach(each: (run: Run, id: string, map: ReadonlyMap<string, Run>) => void): void {
    for (const [id, run] of this.#held) each(run, id, this)
  }

  entries(): MapIterator<[string, Run]> {
    return this.#held.entries()
  }

  keys(): MapIterator<string> {
    return this.#held.keys()
  }

  values(): MapIterator<Run> {
    return this.#held.values()
  }

  [Symbol.iterator](): MapIterator<[string, Run]> {
    return this.#held.entries()
  }
}
