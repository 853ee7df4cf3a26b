/** What a browser does with redirects and cookies, over several hosts. */
export class RoamingBrowser {
  readonly #cookies = new Map<string, Map<string, string>>()

  /** One request, its redirect not followed. */
  async open(url: string | URL): Promise<Response> {
    const { origin } = new URL(url)
    const jar = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (value === '' || /max-age=0/i.test(set)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  /** Follows redirects until one leads to where `until` says, which is not opened, or there is none. */
  async follow(
    url: string,
    until: (next: URL) => boolean,
  ): Promise<{ answer: Response; next?: URL }> {
    let at = new URL(url)
    for (let n = 0; n < 20; n++) {
      const answer = await this.open(at)
      const to = answer.headers.get('location')
      if (to === null) return { answer }
      at = new URL(to, at)
      if (until(at)) return { answer, next: at }
    }
    throw new Error('The redirects have no end.')
  }
}
