/** What a contestant's process is asked: so many runs in parallel until an instant (Unix ms). */
export interface Slice {
  readonly runs: number
  readonly until: number
}

/** What it answers. */
export interface Taken {
  /** Ms of each step. */
  readonly durations: readonly number[]
  /** From the begin of the first step to the end of the last. */
  readonly seconds: number
}

/** Runs one durable step after another until the instant, and keeps how long each took. */
export type TakeSteps = (step: () => Promise<unknown>) => Promise<void>

/** Answers slices until the bench goes away. `work` runs so many runs, each of which takes its steps with `take`. */
export function answerSlices(work: (runs: number, take: TakeSteps) => Promise<void>): void {
  process.on('message', ({ runs, until }: Slice) => {
    const durations: number[] = []
    let first = Number.POSITIVE_INFINITY
    let last = 0
    const take: TakeSteps = async (step) => {
      while (Date.now() < until) {
        const began = performance.now()
        await step()
        const ended = performance.now()
        durations.push(ended - began)
        first = Math.min(first, began)
        last = Math.max(last, ended)
      }
    }
    void work(runs, take).then(() => process.send?.({ durations, seconds: (last - first) / 1000 }))
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ ready: true })
}
