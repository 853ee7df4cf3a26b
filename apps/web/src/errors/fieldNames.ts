import type { FieldFault } from '@holdpoint/protocol'

/** What a form calls the field that the server has under this path; numbers in a path are left out. */
const names: Readonly<Record<string, string>> = {
  name: 'Name',
  reason: 'Reason',
  agentId: 'Agent',
  // People and tokens.
  roles: 'Roles',
  scopes: 'It may',
  agents: 'Acts on these agents only',
  email: 'E-mail',
  days: 'Days until it expires',
  password: 'New password',
  issuer: 'Provider',
  owner: 'Owner',
  // Channels.
  url: 'Address',
  to: 'To',
  server: 'Mail server',
  'server.url': 'Mail server',
  'server.from': 'From',
  'wants.classes': 'Tell when',
  'wants.reasons': 'Of stopped runs, those that stopped because',
  'wants.agents': 'Only of these agents',
  'wants.minimumRisk': 'Of approvals',
  // Policies.
  'spec.name': 'Name',
  'spec.agentId': 'Agent',
  'spec.skill': 'Skill',
  'spec.tool': 'Tool',
  'spec.autoApprove': 'Nobody is asked where',
  'spec.quorum': 'Who must agree',
  'spec.expiresAfterS': 'Deadline, in minutes',
  'spec.onExpiry': 'Nobody answered in time',
  'spec.escalation': 'Who is asked next',
  'spec.checkInHours': 'Check-in after hours',
  'spec.checkInSteps': 'Check-in after steps',
  // Answers.
  arguments: 'Arguments',
  until: 'Until when',
  ids: 'Chosen requests',
  items: 'Chosen requests',
  grade: 'Grade',
  'further.condition': 'Only where',
  'further.maxUses': 'How often, at most',
  'further.until': 'For how many hours',
}

/** The name of the nearest field around it that a form shows; null: no form shows any. */
function nameOf(path: FieldFault['path']): string | null {
  const parts = path.filter((part) => typeof part === 'string')
  for (let length = parts.length; length > 0; length -= 1) {
    const name = names[parts.slice(0, length).join('.')]
    if (name !== undefined) return name
  }
  return null
}

/** What is wrong with what was typed, each by the name that its field has on the screen. */
export const faultWords = (faults: readonly FieldFault[]): string =>
  faults
    .map(({ path, message }) => {
      const name = nameOf(path)
      return name === null ? message : `${name}: ${message}`
    })
    .join('; ')
