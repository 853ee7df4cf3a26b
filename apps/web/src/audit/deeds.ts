import {
  type AuditAct,
  type AuditRow,
  type GateAct,
  isAgent,
  presentWord,
} from '@holdpoint/protocol'

// What was done, after who did it and before to what: "ana | approved | payments.refund order 7".

/** What people and Holdpoint do, by the name under which the log keeps it. */
const commands: Readonly<Record<AuditAct, string>> = {
  'run.start': 'started',
  'run.complete': 'completed',
  'run.fail': 'failed',
  'run.pause': 'paused',
  'run.resume': 'resumed',
  'run.kill': 'killed',
  'run.release': 'let go of',
  'run.isolate': 'held',
  'run.raise_limits': 'raised the limits of',
  'run.look': 'looked in on',
  'run.detect': 'held',
  'run.check_in': 'held',
  'action.settle': 'said what became of',
  'approval.request': 'asked for',
  'approval.approved': 'approved',
  'approval.rejected': 'rejected',
  'approval.voted': 'gave one voice on',
  'approval.expired': 'closed unanswered',
  'approval.extended': 'gave more time to',
  'approval.delegated': 'handed on',
  'approval.escalated': 'asked others about',
  'approval.lacking': 'found too few people left for',
  'agent.isolate': 'isolated',
  'agent.end_sessions': 'ended the sessions of',
  'agent.release': 'released',
  'agent.own': 'named an owner of',
  'detection.judge': 'judged a finding in',
  'drift.policy': 'set the policy for drift of',
  'policy.save': 'put in force',
  'policy.retire': 'retired',
  'standing.give': 'approved from now on',
  'standing.revoke': 'took back the standing approval of',
  'loop.retire': 'retired the loop',
  'session.end': 'ended a session of',
  'operator.add': 'added',
  'operator.change': 'changed',
  'operator.enable': 'enabled',
  'operator.disable': 'disabled',
  'operator.link': 'made a sign-in link for',
  'operator.forget_identity': 'took back a provider of',
  'operator.unbind_identity': 'unbound an account of',
  'operator.remove_password': 'removed the password of',
  'sign_in.ways': 'changed the ways to sign in',
  'sign_in.begin': 'signed in',
  'sign_in.password': 'set a password for',
  'sign_in.bind': 'bound a provider to',
  'sign_in.refused': 'was refused a sign-in as',
  'sign_in.end': 'signed out',
  'sign_in.revoke': 'revoked a sign-in of',
  'token.make': 'made the token',
  'token.revoke': 'revoked the token',
  'channel.add': 'added the channel',
  'channel.change': 'changed the channel',
  'channel.remove': 'removed the channel',
  'channel.test': 'sent a test to',
  'channel.retry': 'sent again to',
  'view.save': 'saved the view',
  'view.remove': 'removed the view',
}

/** What agents do at the gate: the tool stands after it. */
const atTheGate: Readonly<Record<GateAct, string>> = {
  'action.begin': 'began',
  'action.refuse': 'was refused',
  'action.late': 'said too late of',
}

/** What an agent does through Holdpoint; all else in its rows is its own word. */
const ofAgents = new Set<string>([
  'run.start',
  'run.complete',
  'run.fail',
  'approval.request',
] satisfies AuditAct[])

const wordsFor: ReadonlyMap<string, string> = new Map(Object.entries(commands))
const wordsAtTheGate: ReadonlyMap<string, string> = new Map(Object.entries(atTheGate))

/** In words; null: what its writer called it is all there is. */
export function deedOf({ action, actor }: Pick<AuditRow, 'action' | 'actor'>): string | null {
  const [kind = ''] = action.split(' ', 1)
  const atGate = wordsAtTheGate.get(kind)
  if (atGate !== undefined) return atGate
  if (isAgent(actor) && !ofAgents.has(action)) return null
  return wordsFor.get(presentWord(action)) ?? null
}
