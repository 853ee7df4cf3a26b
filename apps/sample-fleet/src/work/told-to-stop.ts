/** SIGTERM, Ctrl-C, or the end of standard input: the fleet that started us is gone. */
export function whenToldToStop(stop: () => void): void {
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdin.once('end', stop)
  process.stdin.once('error', stop)
  process.stdin.resume()
}
