import { startServer } from '@holdpoint/server/main'

/** A Holdpoint server in a process of its own, told what to do over IPC; answers with its sign-in link. */
process.once('message', (message: { serverUrl: string; webRoot: string }) => {
  void startServer({
    port: 0,
    host: '127.0.0.1',
    serverUrl: message.serverUrl,
    environment: 'bench',
    embedded: true,
    webRoot: message.webRoot,
    sealKey: 'key of the benchmarks',
    onSignInLink: (signInUrl) => process.send?.({ signInUrl }),
    log: (line) => process.stderr.write(`${line}\n`),
  })
})
process.on('disconnect', () => process.exit(0))
