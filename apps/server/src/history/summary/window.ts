export interface Window {
  readonly from: string
  readonly to: string
  readonly agents: readonly string[] | null
}
