import type {
  FleetFrame,
  FleetSnapshot,
  FrameName,
  Health,
  Run,
  RunEvent,
  RunFrame,
  RunSnapshot,
} from '@holdpoint/protocol'

import { apiToken } from './test-server.ts'

export interface Message {
  readonly name: FrameName
  readonly data: unknown
}

/** Reads one event stream as a browser does, and keeps what it was told. */
export class Watch {
  readonly messages: Message[] = []
  position: string | undefined
  status = 0
  readonly #abort = new AbortController()
  readonly #listeners = new Set<() => void>()
  #ended = false

  static async open(url: string, path: string, position?: string): Promise<Watch> {
    const { watch, read } = await Watch.openUnread(url, path, position)
    read()
    return watch
  }

  /** As `open`, for one that reads nothing, so that its connection fills up, until `read` is called. */
  static async openUnread(
    url: string,
    path: string,
    position?: string,
  ): Promise<{ watch: Watch; read: () => void }> {
    const watch = new Watch()
    const query = position === undefined ? '' : `?position=${encodeURIComponent(position)}`
    const answer = await fetch(`${url}/api/stream/${path}${query}`, {
      headers: { authorization: `Bearer ${apiToken}` },
      signal: watch.#abort.signal,
    })
    watch.status = answer.status
    return { watch, read: () => void watch.#read(answer) }
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Waits until what was told satisfies; there is no time in it but the test's own limit. */
  async until<T>(satisfied: (watch: this) => T | undefined | false): Promise<T> {
    for (;;) {
      const value = satisfied(this)
      if (value !== undefined && value !== false) return value
      if (this.#ended) throw new Error('the stream ended before that')
      await new Promise<void>((resolve) => this.#listeners.add(resolve))
    }
  }

  close(): void {
    this.#abort.abort()
  }

  count(name: FrameName): number {
    return this.messages.filter((message) => message.name === name).length
  }

  /** Of the latest health. */
  get health(): Health | undefined {
    return this.messages.findLast(({ name }) => name === 'health')?.data as Health | undefined
  }

  async #read(answer: Response): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const bytes of answer.body ?? []) {
        text += decoder.decode(bytes as Uint8Array, { stream: true })
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) this.#heard(part)
        this.#wake()
      }
    } catch {
      // Closed by the test, or cut by the server.
    }
    this.#ended = true
    this.#wake()
  }

  #heard(part: string): void {
    const fields = new Map(
      part.split('\n').map((line) => {
        const colon = line.indexOf(': ')
        return [line.slice(0, colon), line.slice(colon + 2)] as const
      }),
    )
    this.position = fields.get('id') ?? this.position
    this.messages.push({
      name: fields.get('event') as FrameName,
      data: JSON.parse(fields.get('data') ?? 'null'),
    })
  }

  #wake(): void {
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

/** The fleet as a page holds it: a snapshot replaces, a frame adds what is newer. */
export function fleetOf(messages: readonly Message[], held: Held = emptyFleet()): Held {
  for (const { name, data } of messages) {
    if (name === 'snapshot') {
      const { runs, counts, approvalsWaiting } = data as FleetSnapshot
      held.runs = new Map(runs.map((run) => [run.id, run]))
      Object.assign(held, { counts, approvalsWaiting })
    } else if (name === 'frame') {
      const { runs, counts, approvalsWaiting } = data as FleetFrame
      for (const run of runs) {
        if (run.seq > (held.runs.get(run.id)?.seq ?? 0)) held.runs.set(run.id, run)
      }
      Object.assign(held, { counts, approvalsWaiting })
    }
  }
  return held
}

export interface Held {
  runs: Map<string, Run>
  counts: Record<string, number>
  approvalsWaiting: number
}

export const emptyFleet = (): Held => ({ runs: new Map(), counts: {}, approvalsWaiting: 0 })

/** Sequences of a run's events as a page applies them: what it holds already is dropped. */
export function seqsOf(messages: readonly Message[], held: number[] = []): number[] {
  let seqs = [...held]
  for (const { name, data } of messages) {
    if (name === 'snapshot') seqs = (data as RunSnapshot).events.map(({ seq }) => seq)
    if (name === 'frame') {
      for (const { seq } of (data as RunFrame).events) {
        if (seq > (seqs.at(-1) ?? 0)) seqs.push(seq)
      }
    }
  }
  return seqs
}

/** All that came in frames, in order, with nothing dropped. */
export const framedEvents = (messages: readonly Message[]): RunEvent[] =>
  messages.filter(({ name }) => name === 'frame').flatMap(({ data }) => (data as RunFrame).events)
