import { isFinal, runState, type Run } from '@holdpoint/protocol'

import type { FleetChanges } from '../live/fleetStore.ts'
import { forest, plain, type Node, type Placed } from './forest.ts'
import { merged, orderOf, type Order, type Ranked } from './order.ts'
import { matches, treeOf, type FleetSearch } from './search.ts'

interface Entry extends Ranked, Node {
  run: Run
  key: string | number
}

/**
 * The rows of one view, kept as runs change. A change costs what it changes: a row is ranked again only
 * when what it is ranked by did, and the whole is laid out again only when a row came, went or moved.
 */
export class RowIndex {
  readonly #search: FleetSearch
  readonly #order: Order
  readonly #tree: boolean
  readonly #entries = new Map<string, Entry>()
  /** Living children of each parent, shown or not: a kill takes them all along. */
  readonly #living = new Map<string, number>()
  #sorted: Entry[] = []
  #rows: readonly Placed[] | null = null

  constructor(search: FleetSearch) {
    this.#search = search
    this.#order = orderOf(search.sort ?? 'active', search.reverse === 'yes')
    this.#tree = treeOf(search) !== 'flat'
  }

  readonly run = (id: string): Run | undefined => this.#entries.get(id)?.run

  readonly matches = (id: string): boolean => this.#entries.get(id)?.shown === true

  readonly livingChildren = (id: string): number => this.#living.get(id) ?? 0

  /** Forgets everything, then takes these; of two of one id the first counts. */
  reset(...sources: readonly Iterable<Run>[]): void {
    this.#entries.clear()
    this.#living.clear()
    for (const source of sources) {
      for (const run of source) if (!this.#entries.has(run.id)) this.#enter(run)
    }
    const shown = [...this.#entries.values()].filter((entry) => entry.shown)
    this.#sorted = merged([], shown, this.#order.descending)
    this.#rows = null
  }

  /** @returns whether the rows are others than before */
  take({ changed, forgotten }: Pick<FleetChanges, 'changed' | 'forgotten'>): boolean {
    const moved = new Set<Entry>()
    const fresh: Entry[] = []
    let same = true
    for (const id of forgotten) {
      const entry = this.#entries.get(id)
      if (entry === undefined) continue
      this.#entries.delete(id)
      // Its end, and that it is forgotten, may come together.
      if (!isFinal(entry.run.status)) this.#count(entry.run, -1)
      if (entry.shown) moved.add(entry)
    }
    for (const run of changed.values()) {
      const entry = this.#entries.get(run.id)
      if (entry === undefined) {
        const entered = this.#enter(run)
        if (entered.shown) fresh.push(entered)
        continue
      }
      const { shown, key } = entry
      if (this.#renew(entry, run)) same = false
      if (shown && (!entry.shown || entry.key !== key)) moved.add(entry)
      if (entry.shown && (!shown || entry.key !== key)) fresh.push(entry)
    }
    if (moved.size > 0 || fresh.length > 0) this.#move(moved, fresh)
    else if (same) return false
    this.#rows = null
    return true
  }

  /** All rows, whether a parent is folded or not. The same array until they change. */
  rows(): readonly Placed[] {
    this.#rows ??= (this.#tree ? forest : plain)({
      sorted: this.#sorted,
      find: (id) => this.#entries.get(id),
      active: (this.#search.sort ?? 'active') === 'active',
    })
    return this.#rows
  }

  #enter(run: Run): Entry {
    const entry: Entry = {
      run,
      key: this.#order.key(run),
      shown: matches(run, this.#search),
      under: null,
      children: null,
      below: null,
    }
    this.#entries.set(run.id, entry)
    if (!isFinal(run.status)) this.#count(run, 1)
    return entry
  }

  /** @returns whether it is to be laid out anew though its rank is the same */
  #renew(entry: Entry, run: Run): boolean {
    const before = entry.run
    entry.run = run
    entry.key = this.#order.key(run)
    entry.shown = matches(run, this.#search)
    const ended = isFinal(run.status) !== isFinal(before.status)
    if (ended) this.#count(run, isFinal(run.status) ? -1 : 1)
    // A parent's tally counts states; without a tree only the end of a run moves its row.
    return ended || (this.#tree && run.parentId !== null && runState(run) !== runState(before))
  }

  #count({ parentId }: Run, by: number): void {
    if (parentId !== null) this.#living.set(parentId, this.livingChildren(parentId) + by)
  }

  #move(moved: ReadonlySet<Entry>, fresh: readonly Entry[]): void {
    const staying = moved.size === 0 ? this.#sorted : this.#sorted.filter((e) => !moved.has(e))
    this.#sorted = merged(staying, fresh, this.#order.descending)
  }
}
