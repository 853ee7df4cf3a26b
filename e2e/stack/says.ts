import { expect } from '@playwright/test'

import type { Program } from './program.ts'

/** An agent comes to say this on its standard output. */
export const says = async (agent: Program, text: string | RegExp): Promise<void> =>
  expect.poll(() => agent.out, { message: agent.err }).toMatch(text)
