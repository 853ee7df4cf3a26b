import { startFleet } from '../src/index.ts'

// A fleet whose starter is killed: its agents must end by themselves.
const url = process.env['FLEET_TEST_URL']
if (url === undefined) throw new Error('FLEET_TEST_URL is not set.')
await startFleet({ urls: { 'nightly-report': url }, pace: 60 })
