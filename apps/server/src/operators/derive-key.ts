import { scrypt } from 'node:crypto'

import { takingTurns } from '../database/turns.ts'

/** scrypt's parameters, as they stand beside each password. */
export interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and about a tenth of a second: of what OWASP's cheat sheet calls equal, the one that takes the least memory. */
export const costNow: Cost = { N: 32_768, r: 8, p: 3 }

/** It is slow on purpose; many at once must not take the machine. */
const inTurn = takingTurns(2)

/** The key that stands for a password, 32 bytes. Equal texts that were typed on different keyboards make equal keys. */
export async function deriveKey(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return inTurn(
    async () =>
      new Promise((resolve, reject) => {
        const options = { ...cost, maxmem: 160 * cost.N * cost.r }
        scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) => {
          if (error === null) resolve(key)
          else reject(error)
        })
      }),
  )
}
