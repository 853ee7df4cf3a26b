import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'

export interface Browser {
  executablePath?: string
  env?: Record<string, string>
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const fontFolders = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts']
const cache = join(import.meta.dirname, 'node_modules/.cache')

/**
 * The Chromium to test with: HOLDPOINT_CHROMIUM (a path, or `npm`, or `playwright`), else one that
 * the machine has, else the one from npm (Linux x64), else Playwright's own download.
 */
export function findBrowser(): Browser {
  const wish = process.env['HOLDPOINT_CHROMIUM']
  if (wish === 'npm') return browserFromNpm()
  if (wish === 'playwright') return {}
  const executablePath = wish || installed.find((path) => existsSync(path))
  if (executablePath) {
    return hasFonts() ? { executablePath } : { executablePath, env: withFonts(unpackFromNpm()) }
  }
  return process.platform === 'linux' && process.arch === 'x64' ? browserFromNpm() : {}
}

function browserFromNpm(): Browser {
  const folder = unpackFromNpm()
  return {
    executablePath: join(folder, 'chromium'),
    env: { ...withFonts(folder), LD_LIBRARY_PATH: join(folder, 'lib') },
  }
}

function hasFonts(): boolean {
  return fontFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .some((path) => /\.(ttf|otf|ttc)$/.test(path))
}

/** Without a configuration that names fonts, text is invisible and DOM assertions still pass. */
function withFonts(folder: string): Record<string, string> {
  const environment = Object.entries(process.env).filter((entry) => entry[1] !== undefined)
  return {
    ...(Object.fromEntries(environment) as Record<string, string>),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  }
}

function fontsConf(folder: string): string {
  const folders = [join(folder, 'fonts'), ...fontFolders].map((path) => `  <dir>${path}</dir>`)
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.join('\n')}
  <cachedir>${join(folder, 'fontconfig')}</cachedir>
</fontconfig>
`
}

/** Unpacked once, beside its place and then renamed, so that nobody meets half a browser. */
function unpackFromNpm(): string {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  const source = join(dirname(entry), '../bin')
  const manifest = readFileSync(join(source, '../package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  const folder = join(cache, `chromium-${version}`)
  if (existsSync(folder)) return folder

  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, 'unpacking-'))
  const inflate = (name: string) => brotliDecompressSync(readFileSync(join(source, name)))
  writeFileSync(join(unfinished, 'chromium'), inflate('chromium.br'), { mode: 0o755 })
  for (const name of ['al2023.tar.br', 'fonts.tar.br']) untar(inflate(name), unfinished)
  writeFileSync(join(unfinished, 'fonts.conf'), fontsConf(folder))
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Another process was first.
    if (!existsSync(folder)) throw error
  }
  return folder
}

function untar(archive: Buffer, folder: string): void {
  const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input: archive })
  if (status !== 0) throw new Error(`tar could not unpack the browser: ${String(stderr)}`)
}
