type Ending = () => unknown

const endings: Ending[] = []

/**
 * Has `ending` run after the tests of the file that runs now, the last one first. Other than vitest's hooks it can be
 * called anywhere: inside a test, and by a module that is loaded once for many files.
 */
export function atEndOfFile(ending: Ending): void {
  endings.push(ending)
}

/** @throws what the first ending threw that failed; the others have run all the same */
export async function endFile(): Promise<void> {
  const failed: unknown[] = []
  for (const ending of endings.splice(0).toReversed()) {
    try {
      await ending()
    } catch (error) {
      failed.push(error)
    }
  }
  if (failed.length > 0) throw failed[0]
}
