import type { RunId } from '@holdpoint/protocol'
import { useEffect, useState, useSyncExternalStore } from 'react'

import { api } from '../../app/trpc'
import { initialConnection, type Connection } from '../../live/connection'
import { live } from '../../live/session'
import { RunHistory, type HistorySource, type RunView } from './runHistory'

/** A run and its history, as they were drawn last. */
export interface RunRead extends RunView {
  readonly history: RunHistory
}

export interface LiveRun extends RunRead {
  readonly connection: Connection
}

const sourceOf = (id: RunId): HistorySource => ({
  index: async (after, limit) => api.runs.index.query({ id, after, limit }),
  lines: async (seqs) => (await api.runs.lines.query({ id, seqs: [...seqs] })).rows,
  spans: async (seqs) => (await api.runs.spans.query({ id, seqs: [...seqs] })).rows,
})

/** Watches a run for as long as the component that asks is on screen; key that component by the id. */
export function useRun(id: RunId): LiveRun {
  const [history] = useState(() => new RunHistory(sourceOf(id)))
  const [connection, setConnection] = useState(initialConnection)
  useEffect(() => live.watchRun(id, history, setConnection), [id, history])
  const view = useSyncExternalStore(history.subscribe, history.view)
  return { ...view, connection, history }
}
