import { createServer } from 'node:net'

import { PortTakenError, systemErrorCode } from './errors.ts'

/**
 * Checks that a port of 127.0.0.1 can be listened on; 0 picks a free one.
 * @returns the port number. @throws PortTakenError
 */
export async function claimPort(port: number): Promise<number> {
  const probe = createServer()
  return new Promise<number>((resolve, reject) => {
    probe.once('error', (error) => {
      reject(systemErrorCode(error) === 'EADDRINUSE' ? new PortTakenError(port) : error)
    })
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      const claimed = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolve(claimed))
    })
  })
}
