/** The same server, database and options as in `url`, for another login. */
export function urlForLogin(url: string, login: string, password: string): string {
  const changed = new URL(url)
  changed.username = encodeURIComponent(login)
  changed.password = encodeURIComponent(password)
  return changed.toString()
}

/** The same server, login and options as in `url`, on another database. */
export function urlForDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.toString()
}
