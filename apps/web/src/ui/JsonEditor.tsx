import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef, useState } from 'react'

interface JsonEditorProps {
  readonly label: string
  /** What it begins with; later values of it are not taken over. */
  readonly text: string
  readonly changed: (text: string) => void
  /** The id of an element that says what is wrong. */
  readonly describedBy: string
  readonly invalid: boolean
}

/** Hue belongs to states: names stand back, values read as text. */
const look = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--color-muted)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--color-muted)' },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: 'var(--color-text)' },
])

const theme = EditorView.theme({
  '&': { fontSize: '12px', maxHeight: '60vh', backgroundColor: 'var(--color-bg)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-content': { caretColor: 'var(--color-text)', padding: '6px 2px' },
  '.cm-cursor': { borderLeftColor: 'var(--color-text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklch, var(--color-accent) 35%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--color-raised)',
    border: '1px solid var(--color-line)',
    borderRadius: '6px',
  },
})

const always: Extension = [
  history(),
  drawSelection(),
  EditorView.lineWrapping,
  json(),
  linter(jsonParseLinter(), { delay: 200 }),
  syntaxHighlighting(look),
  theme,
]

/** JSON as text, so that every digit stays what it was. Tells each change; keeps its own undo. */
export default function JsonEditor(props: JsonEditorProps) {
  const { label, text, describedBy, invalid } = props
  // Taken once: what is typed is not to be lost.
  const [first] = useState(text)
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const calls = useRef(props)
  useEffect(() => {
    calls.current = props
  })
  useEffect(() => {
    if (host.current === null) return undefined
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: first, extensions: [always, ...wired(calls)] }),
    })
    editor.focus()
    view.current = editor
    return () => editor.destroy()
  }, [first])
  useEffect(() => {
    const content = view.current?.contentDOM
    content?.setAttribute('aria-label', label)
    content?.setAttribute('aria-describedby', describedBy)
    content?.setAttribute('aria-invalid', String(invalid))
  }, [label, describedBy, invalid])
  return (
    <div
      ref={host}
      className="border-line focus-within:outline-accent rounded-ctl border focus-within:outline-2"
    />
  )
}

function wired(calls: { readonly current: JsonEditorProps }): Extension[] {
  return [
    EditorView.updateListener.of((update) => {
      if (update.docChanged) calls.current.changed(update.state.doc.toString())
    }),
    keymap.of([
      {
        key: 'Escape',
        run: (editor) => {
          editor.contentDOM.blur()
          return true
        },
      },
      ...defaultKeymap,
      ...historyKeymap,
    ]),
  ]
}
