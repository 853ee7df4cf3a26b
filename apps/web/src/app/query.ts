/** Plain query strings (`?state=running,lost`), so that a link can be read and typed by a person. */
export const parseQuery = (query: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(query))

export function writeQuery(search: Record<string, unknown>): string {
  const parts = Object.entries(search).flatMap(([key, value]) => {
    const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : ''
    return text === '' ? [] : [`${key}=${encodeURIComponent(text).replaceAll('%2C', ',')}`]
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}
