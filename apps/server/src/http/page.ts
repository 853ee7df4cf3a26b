interface Way {
  readonly href: string
  readonly text: string
}

/** A page of the server's own, for when there is no console to show: no script, nothing fetched. */
export const page = (
  title: string,
  text: string,
  command?: string,
  way?: Way,
): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${escape(title)} · Holdpoint</title>
<style>
  :root { color-scheme: dark light; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 24px;
    background: light-dark(#fafafa, #0b0c0e); color: light-dark(#17181a, #e8e9ec) }
  main { max-width: 52ch }
  h1 { font-size: 20px; font-weight: 600; margin: 0 0 8px }
  p { margin: 0 0 16px; color: light-dark(#55585e, #a1a5ad) }
  code { display: inline-block; padding: 8px 12px; border-radius: 6px; font: 14px ui-monospace, monospace;
    background: light-dark(#eceef1, #17191d); border: 1px solid light-dark(#d9dce1, #292c32) }
  a { color: inherit; text-underline-offset: 3px }
</style>
<main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${command === undefined ? '' : `<code>${escape(command)}</code>`}
${way === undefined ? '' : `<a href="${escape(way.href)}">${escape(way.text)}</a>`}
</main>
</html>
`

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
