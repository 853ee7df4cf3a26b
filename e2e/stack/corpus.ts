import { join } from 'node:path'

import { root } from './program.ts'

const corpora = process.env['HOLDPOINT_CORPORA'] ?? join(root, '../shared/data')

/** Runs that others recorded; too large to be kept here, so they may be absent. */
export const corpus = join(corpora, 'tau-bench/gpt-4o-airline.json')
