/** What is heard of a row, how often, and who waits for it. */
export class News {
  readonly #waiting = new Set<() => void>()
  #count = 0

  /** Compare before and after to know whether something was missed. */
  get count(): number {
    return this.#count
  }

  counted(): void {
    this.#count += 1
  }

  tell(): void {
    for (const listener of this.#waiting) listener()
  }

  /** Resolves true at the next thing told, false after `ms`. */
  async next(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const listener = (): void => resolve(true)
    const timer = setTimeout(() => resolve(false), ms)
    this.#waiting.add(listener)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(listener)
    }
  }
}
