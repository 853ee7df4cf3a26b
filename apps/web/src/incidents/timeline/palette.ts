import type { RunState } from '@holdpoint/protocol'

import { layerLook } from '../../charts/layers.ts'
import type { Tone } from '../../runs/stateLook.ts'

const tokens = [
  'bg',
  'surface',
  'raised',
  'line',
  'text',
  'muted',
  'accent',
  'running',
  'asking',
  'holding',
  'good',
  'bad',
] as const
type Token = (typeof tokens)[number]

/** The theme's colours as a canvas takes them. */
export interface Palette {
  readonly colours: Readonly<Record<Token, string>>
  readonly sans: string
  readonly mono: string
}

export const toneToken = {
  running: 'running',
  asking: 'asking',
  holding: 'holding',
  good: 'good',
  bad: 'bad',
  quiet: 'muted',
} as const satisfies Record<Tone, Token>

/** A state's hue and how strongly it is drawn: as in the fleet's charts. */
export const stateInk = (state: RunState): { readonly token: Token; readonly strength: number } => {
  const { colour, strength } = layerLook[state]
  return { token: /--color-(\w+)/.exec(colour)?.[1] as Token, strength }
}

/** Reads the tokens from the page: a canvas knows neither `var()` nor `light-dark()`. */
function readPalette(): Palette {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const colourOf = (token: Token): string => {
    probe.style.color = `var(--color-${token})`
    return getComputedStyle(probe).color
  }
  const colours = Object.fromEntries(tokens.map((token) => [token, colourOf(token)]))
  const root = getComputedStyle(document.documentElement)
  probe.remove()
  return {
    colours: colours as Record<Token, string>,
    sans: root.getPropertyValue('--font-sans'),
    mono: root.getPropertyValue('--font-mono'),
  }
}

/** Calls with the palette now, and again whenever the theme changes. @returns stops it */
export function watchPalette(changed: (palette: Palette) => void): () => void {
  const read = () => changed(readPalette())
  const system = matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(read)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  system.addEventListener('change', read)
  // Words that were drawn before their font was there are drawn again.
  document.fonts.addEventListener('loadingdone', read)
  read()
  return () => {
    chosen.disconnect()
    system.removeEventListener('change', read)
    document.fonts.removeEventListener('loadingdone', read)
  }
}
