import { TextField } from '../ui/TextField'

/** The agents that a text names; null, for every agent, when it names none. */
export function agentsOf(text: string): string[] | null {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? null : [...new Set(names)]
}

interface AgentLimitProps {
  readonly value: string
  readonly change: (value: string) => void
}

export const AgentLimit = ({ value, change }: AgentLimitProps) => (
  <div className="flex flex-col gap-1">
    <TextField
      label="Acts on these agents only, by comma (empty: every agent)"
      value={value}
      change={change}
    />
    <p className="text-small text-muted">
      What they may see is not limited: everyone signed in sees the whole fleet.
    </p>
  </div>
)
