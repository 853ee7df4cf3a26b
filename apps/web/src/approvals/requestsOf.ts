/** How many requests, in words. */
export const requestsOf = (count: number): string =>
  `${count.toLocaleString()} ${count === 1 ? 'request' : 'requests'}`
