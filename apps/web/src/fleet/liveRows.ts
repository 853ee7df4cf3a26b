import type { Run } from '@holdpoint/protocol'

import type { FleetSource } from '../live/fleetSource.ts'
import type { FleetChanges } from '../live/fleetStore.ts'
import type { Placed } from './forest.ts'
import { RowIndex } from './rowIndex.ts'
import type { FleetSearch } from './search.ts'

/** The rows of one view, following the fleet for as long as someone listens. */
export class LiveRows {
  readonly #store: FleetSource
  readonly #older: readonly Run[]
  readonly index: RowIndex
  #version: number
  #listener: () => void = () => {}

  constructor(store: FleetSource, search: FleetSearch, older: readonly Run[]) {
    this.#store = store
    this.#older = older
    this.index = new RowIndex(search)
    this.#version = store.version
    this.index.reset(store.runs(), older)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listener = listener
    const stop = this.#store.subscribeChanges((changes) => this.#hear(changes))
    // What came between the making of it and the listening was told to nobody.
    if (this.#version !== this.#store.version) this.#again()
    return stop
  }

  readonly rows = (): readonly Placed[] => this.index.rows()

  #hear(changes: FleetChanges): void {
    if (changes.all) return this.#again()
    if (this.index.take(changes)) this.#listener()
  }

  #again(): void {
    this.#version = this.#store.version
    this.index.reset(this.#store.runs(), this.#older)
    this.#listener()
  }
}
