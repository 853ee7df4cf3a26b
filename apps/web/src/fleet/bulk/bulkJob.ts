import {
  bulkLimits,
  type BulkPlan,
  type BulkResult,
  type RunId,
  type RunVerb,
} from '@holdpoint/protocol'

/** One command for many runs, from the dry run to a result for each. */
export type BulkState =
  | { readonly phase: 'none' }
  | { readonly phase: 'planning'; readonly verb: RunVerb; readonly ids: readonly string[] }
  /** More runs were chosen than a plan takes: nothing is asked until a person says which. */
  | { readonly phase: 'too-many'; readonly verb: RunVerb; readonly ids: readonly string[] }
  | {
      readonly phase: 'unplanned'
      readonly verb: RunVerb
      readonly ids: readonly string[]
      readonly error: unknown
    }
  | { readonly phase: 'planned'; readonly verb: RunVerb; readonly plan: BulkPlan }
  | ActingState
  | DoneState

interface Acting {
  readonly verb: RunVerb
  readonly plan: BulkPlan
  readonly reason: string | null
  /** Exactly these, frozen when the dry run was confirmed. */
  readonly ids: readonly RunId[]
  readonly results: readonly BulkResult[]
}

export interface ActingState extends Acting {
  readonly phase: 'acting'
}

export interface DoneState extends Acting {
  readonly phase: 'done'
  /** A part could not be sent: what stands in `results` happened, of the others nothing is known. */
  readonly error: unknown
}

/** What the job asks of the server. */
export interface BulkServer {
  readonly plan: (verb: RunVerb, ids: readonly string[]) => Promise<BulkPlan>
  readonly act: (
    verb: RunVerb,
    ids: readonly RunId[],
    reason: string | null,
  ) => Promise<readonly BulkResult[]>
}

type Listener = () => void

/**
 * Outside the screens, because it goes on when the dialog is left. One at a time: a second command while
 * one is under way would make "which of these happened" a riddle.
 */
export class BulkJob {
  #state: BulkState = { phase: 'none' }
  #shown = false
  readonly #listeners = new Set<Listener>()
  readonly #server: BulkServer

  constructor(server: BulkServer) {
    this.#server = server
  }

  readonly state = (): BulkState => this.#state
  readonly shown = (): boolean => this.#shown

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins with the dry run. While another is acting, that one is shown instead. */
  async begin(verb: RunVerb, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    if (this.#state.phase === 'acting') return this.show()
    this.#shown = true
    if (ids.length > bulkLimits.plan) return this.#to({ phase: 'too-many', verb, ids })
    const planning: BulkState = { phase: 'planning', verb, ids }
    this.#to(planning)
    const next = await this.#server.plan(verb, ids).then(
      (plan): BulkState => ({ phase: 'planned', verb, plan }),
      (error: unknown): BulkState => ({ phase: 'unplanned', verb, ids, error }),
    )
    // It was closed, or begun anew, before the answer came.
    if (this.#state === planning) this.#to(next)
  }

  /** Does it to exactly the runs of the dry run. Runs taken along by a kill need no asking of their own. */
  async act(reason: string | null): Promise<void> {
    if (this.#state.phase !== 'planned') return
    const { verb, plan } = this.#state
    const ids = plan.will.filter(({ childOf }) => childOf === null).map(({ run }) => run.id)
    await this.#go({ phase: 'acting', verb, plan, reason, ids, results: [] }, ids)
  }

  /** Those that were refused, and those that nothing is known of, once more; what is done stays done. */
  async again(): Promise<void> {
    if (this.#state.phase !== 'done') return
    const { error: _, phase: __, ...acting } = this.#state
    const results = acting.results.filter(({ outcome }) => outcome === 'done')
    const done = new Set(results.map(({ id }) => id))
    const left = acting.ids.filter((id) => !done.has(id))
    await this.#go({ ...acting, phase: 'acting', results }, left)
  }

  readonly show = (): void => {
    this.#shown = true
    this.#to(this.#state)
  }

  /** Leaves the dialog: what is under way goes on, what is only asked or over is forgotten. */
  readonly leave = (): void => {
    this.#shown = false
    this.#to(this.#state.phase === 'acting' ? this.#state : { phase: 'none' })
  }

  async #go(acting: ActingState, ids: readonly RunId[]): Promise<void> {
    this.#to(acting)
    let state = acting
    for (let from = 0; from < ids.length; from += bulkLimits.act) {
      const chunk = ids.slice(from, from + bulkLimits.act)
      try {
        const results = await this.#server.act(state.verb, chunk, state.reason)
        state = { ...state, results: [...state.results, ...results] }
        this.#to(state)
      } catch (error) {
        return this.#to({ ...state, phase: 'done', error })
      }
    }
    this.#to({ ...state, phase: 'done', error: null })
  }

  #to(state: BulkState): void {
    this.#state = state === this.#state ? { ...state } : state
    for (const listener of this.#listeners) listener()
  }
}
