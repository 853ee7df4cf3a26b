/** Questions and commands that one request may carry. */
export const mostInBatch = 50
