// The little that the bench uses of packages which are installed apart from the workspace (install.ts).

declare module '@dbos-inc/dbos-sdk' {
  export const DBOS: {
    setConfig(config: {
      name: string
      systemDatabaseUrl: string | undefined
      systemDatabasePoolSize: number
      logLevel: string
    }): void
    launch(): Promise<void>
    registerWorkflow<T>(work: () => Promise<T>, config: { name: string }): () => Promise<T>
    runStep<T>(step: () => Promise<T>, config: { name: string }): Promise<T>
  }
}

declare module '@restatedev/restate-sdk' {
  export interface Context {
    run<T>(name: string, step: () => T | Promise<T>): Promise<T>
  }
  interface Service {
    readonly name: string
  }
  export function service(definition: {
    name: string
    handlers: Record<string, (context: Context) => Promise<unknown>>
  }): Service
  export function serve(options: { services: Service[]; port: number }): Promise<number>
}
