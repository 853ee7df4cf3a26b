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
  :root { color-scheme: dark light; font: 14px/1.5 system-ui, sans-serif;
    --line: light-dark(oklch(.905 .006 255), oklch(.278 .012 255)); --surface: light-dark(#fff, oklch(.197 .009 255)) }
  body { margin: 0; min-height: 100dvh; display: flex; flex-direction: column;
    background: light-dark(oklch(.985 .002 255), oklch(.168 .008 255)); color: light-dark(oklch(.25 .015 255), oklch(.925 .005 255)) }
  header { box-sizing: border-box; height: 44px; padding: 10px 12px; font-weight: 600;
    background: var(--surface); border-bottom: 1px solid var(--line) }
  main { box-sizing: border-box; width: 100%; max-width: 392px; margin: auto; padding: 16px }
  h1 { font-size: 16px; font-weight: 600; margin: 0 0 4px }
  p { margin: 0 0 20px; color: light-dark(oklch(.485 .014 255), oklch(.7 .012 255)); overflow-wrap: anywhere }
  code, a { box-sizing: border-box; border-radius: 6px; background: var(--surface); border: 1px solid var(--line) }
  code { display: block; padding: 6px 10px; font: 13px/1.5 ui-monospace, monospace }
  a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 12px; color: inherit; font-weight: 500; text-decoration: none }
  :focus-visible { outline: 2px solid light-dark(oklch(.51 .095 205), oklch(.81 .095 200)); outline-offset: 1px }
</style>
<header>Holdpoint</header>
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
