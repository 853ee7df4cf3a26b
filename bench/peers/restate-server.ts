import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface RestateServer {
  readonly adminUrl: string
  readonly ingressUrl: string
}

/** A Restate server as it comes, on loopback and in a temporary folder; it goes away with this process. */
export async function startRestateServer(): Promise<RestateServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-bench-restate-'))
  const [node, admin, ingress] = [await freePort(), await freePort(), await freePort()]
  const args = ['--no-logo', '--listen-mode', 'tcp', '--base-dir', folder, '--node-name', 'bench']
  const server = spawn(serverBinary(), args, {
    stdio: 'ignore',
    env: {
      ...process.env,
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'error',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}/`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    },
  })
  process.on('exit', () => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  server.on('error', () => process.exit(1))
  server.on('exit', () => process.exit(1))
  return { adminUrl: `http://127.0.0.1:${admin}`, ingressUrl: `http://127.0.0.1:${ingress}` }
}

function serverBinary(): string {
  const platform = `@restatedev/restate-server-${process.platform}-${process.arch}`
  const manifest = createRequire(import.meta.url).resolve(`${platform}/package.json`)
  return join(dirname(manifest), 'bin/restate-server')
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
