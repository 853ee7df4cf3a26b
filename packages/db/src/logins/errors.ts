/** Why a login could not be made, in words for the person who asked for it: print `message`. */
export class LoginError extends Error {
  override name = 'LoginError'
}

/** The name is not `^[a-z0-9][a-z0-9._-]{0,47}$`, or is one that Holdpoint uses itself. */
export class AgentNameError extends LoginError {
  override name = 'AgentNameError'
}

/** A login of that name exists. */
export class LoginExistsError extends LoginError {
  override name = 'LoginExistsError'
}
