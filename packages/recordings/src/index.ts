export { readRecordings } from './read-recordings.ts'
export { FormatError, type Recording, type ToolCall, type Turn } from './recording.ts'
