/**
 * Every error the product can answer with. `sqlState` is what the database raises (class HP, ours);
 * `http` is what the server answers. A test compares the states with those in the migrations.
 */
export const errorCodes = {
  RUN_HELD: { sqlState: 'HP001', http: 409, meaning: 'The run is held: nothing was written.' },
  RUN_ENDED: {
    sqlState: 'HP002',
    http: 409,
    meaning: 'The run is complete, failed or killed: that is final.',
  },
  ILLEGAL_TRANSITION: {
    sqlState: 'HP003',
    http: 409,
    meaning: 'The state machine has no such edge for this writer.',
  },
  NOT_YOURS: { sqlState: 'HP004', http: 403, meaning: 'The row belongs to another agent.' },
  RUN_NOT_FOUND: { sqlState: 'HP005', http: 404, meaning: 'No such run.' },
  FENCED: {
    sqlState: 'HP006',
    http: 409,
    meaning: 'Another worker holds this run now (newer epoch).',
  },
  ALREADY_DECIDED: {
    sqlState: 'HP007',
    http: 409,
    meaning: 'Someone decided this approval first.',
  },
  APPROVAL_CLOSED: {
    sqlState: 'HP008',
    http: 409,
    meaning: 'The approval closed without a decision.',
  },
  APPEND_ONLY: {
    sqlState: 'HP009',
    http: 403,
    meaning: 'Events and audit rows are never changed or removed.',
  },
  INVALID_INPUT: { sqlState: 'HP010', http: 400, meaning: 'A value is missing or malformed.' },
  AGENT_NOT_FOUND: { sqlState: 'HP011', http: 404, meaning: 'No agent login of that name.' },
  NOT_AN_OPERATOR: {
    sqlState: 'HP012',
    http: 403,
    meaning: 'Only the server or the owner may do this.',
  },
  ACTION_NOT_FOUND: { sqlState: 'HP013', http: 404, meaning: 'No such action in this run.' },
  APPROVAL_NOT_FOUND: { sqlState: 'HP014', http: 404, meaning: 'No such approval.' },
  NOTHING_TO_DO: { sqlState: 'HP015', http: 409, meaning: 'The run is in that state already.' },
  TOO_LARGE: { sqlState: 'HP016', http: 413, meaning: 'A payload is over its size limit.' },
  RUN_EXISTS: {
    sqlState: 'HP017',
    http: 409,
    meaning: 'A run with this id exists and is not claimable.',
  },
  WRONG_VERSION: {
    sqlState: 'HP018',
    http: 409,
    meaning: 'The run is pinned to another version of its skill.',
  },
  APPROVAL_EXPIRED: {
    sqlState: 'HP019',
    http: 409,
    meaning: 'Nobody decided in time: that is not a no, and nothing was approved.',
  },
  STALE_VERSION: {
    sqlState: 'HP020',
    http: 409,
    meaning: 'The request has changed since it was looked at.',
  },
  NOT_ALLOWED: {
    sqlState: 'HP021',
    http: 409,
    meaning: 'The request does not allow this answer.',
  },
  FOUR_EYES: {
    sqlState: 'HP022',
    http: 403,
    meaning: 'Whoever is behind a request, or has answered it, does not answer it.',
  },
  POLICY_NOT_FOUND: { sqlState: 'HP023', http: 404, meaning: 'No such policy in force.' },
  STANDING_APPROVAL_NOT_FOUND: {
    sqlState: 'HP024',
    http: 404,
    meaning: 'No such standing approval in force.',
  },
  STATE_DRIFT: {
    sqlState: 'HP025',
    http: 409,
    meaning: 'What the action read has changed since: look again before deciding anew.',
  },
  FORBIDDEN: {
    sqlState: 'HP030',
    http: 403,
    meaning: 'Your role or origin does not allow this.',
  },
  PERSON_NOT_FOUND: { sqlState: 'HP031', http: 404, meaning: 'Nobody of that name.' },
  TOO_MANY_TRIES: { sqlState: 'HP032', http: 429, meaning: 'Too many tries: wait a while.' },
  RUN_BUSY: {
    sqlState: '55P03',
    http: 409,
    meaning: "An agent's open transaction holds the run's row.",
  },
  APPROVAL_MISMATCH: {
    sqlState: null,
    http: 409,
    meaning: 'What is about to run is not what was approved: nothing was started.',
  },
  APPROVAL_REJECTED: {
    sqlState: null,
    http: 409,
    meaning: 'A person said no to exactly this: nothing was started.',
  },
  POLICY_CHANGED: {
    sqlState: null,
    http: 409,
    meaning: 'The policy has changed since the approval: nothing was started.',
  },
  APPROVAL_CONSUMED: {
    sqlState: null,
    http: 409,
    meaning: 'The approval was used by another action: nothing was started.',
  },
  BAD_REQUEST: { sqlState: null, http: 400, meaning: 'The request could not be read.' },
  UNAUTHENTICATED: { sqlState: null, http: 401, meaning: 'Sign in first.' },
  NOT_FOUND: { sqlState: null, http: 404, meaning: 'There is nothing here.' },
  UNAVAILABLE: {
    sqlState: null,
    http: 503,
    meaning: 'The database cannot be reached; nothing was done.',
  },
  INTERNAL: { sqlState: null, http: 500, meaning: 'Something broke on our side.' },
} as const satisfies Record<string, { sqlState: string | null; http: number; meaning: string }>

export type ErrorCode = keyof typeof errorCodes

const bySqlState = new Map<string, ErrorCode>(
  (Object.keys(errorCodes) as ErrorCode[]).flatMap((code) => {
    const { sqlState } = errorCodes[code]
    return sqlState === null ? [] : [[sqlState, code] as const]
  }),
)

/** Our code for a SQLSTATE that the database raised, or undefined when it is not one of ours. */
export const errorCodeOf = (sqlState: string): ErrorCode | undefined => bySqlState.get(sqlState)

/** What a screen or a script is told: what happened, what was not done, what to try. No stack, ever. */
export interface ErrorBody {
  readonly code: ErrorCode
  /** What happened, one sentence. */
  readonly message: string
  /** What to try, one sentence; absent when there is nothing to try. */
  readonly hint?: string
  /** For RUN_BUSY: the sessions in the way. */
  readonly blockers?: readonly Blocker[]
  /** For BAD_REQUEST: which parts of the input are at fault. A screen names them as its form does. */
  readonly faults?: readonly FieldFault[]
}

/** One part of an input that cannot be taken. */
export interface FieldFault {
  /** Where it stands in the input. */
  readonly path: readonly (string | number)[]
  /** What is wrong with it. */
  readonly message: string
}

/** A database session that keeps a control waiting. */
export interface Blocker {
  readonly pid: number
  readonly login: string
  /** Seconds since its transaction began. */
  readonly transactionAge: number
}
