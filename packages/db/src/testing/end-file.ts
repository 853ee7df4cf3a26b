import { afterAll } from 'vitest'

import { endFile } from './end-of-file.ts'

// Set up anew for each test file, in a process that goes on to the next one.
afterAll(endFile)
