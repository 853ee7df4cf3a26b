import type { Instant, RunId } from '@holdpoint/protocol'

import { api } from '../app/trpc'
import { EventColumns } from '../runs/history/eventColumns'
import { RunHistory, type HistorySource } from '../runs/history/runHistory'
import type { PastRun } from './state'

/** Events of one question for the index, as the live history asks for them. */
const stretch = 16_384

const sourceOf = (id: RunId, seq: number): HistorySource => ({
  index: async (after, limit) => api.runs.index.query({ id, after, limit }),
  lines: async (seqs) => (await api.runs.lines.query({ id, seqs: [...seqs] })).rows,
  spans: async (seqs) => (await api.history.spansAt.query({ id, seq, seqs: [...seqs] })).rows,
})

/** One run as of one instant after another. Its events are read once: each instant is a beginning of the same list. */
export class RunBook {
  #id: RunId | null = null
  #columns = new EventColumns()

  async read(id: RunId, at: Instant, signal: AbortSignal): Promise<PastRun> {
    const told = await api.history.runAt.query({ id, at }, { signal })
    if (told === null) return { id, told }
    if (this.#id !== id) {
      this.#id = id
      this.#columns = new EventColumns()
    }
    const columns = this.#columns.upTo(told.seq)
    const gap = columns.gap(stretch)
    // The newest stretch comes with the answer; of a longer run the rest follows.
    if (gap !== null)
      columns.load(
        await api.runs.index.query({ id, after: gap.after, limit: gap.limit }, { signal }),
      )
    const history = new RunHistory(sourceOf(id, told.seq), undefined, columns)
    history.standAt(told.run, at)
    return { id, told: { ...told, history } }
  }
}
