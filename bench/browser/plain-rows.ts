/**
 * The least that a page with so many rows can be: one block of text a row, of which only those on screen exist, drawn
 * anew by a scroll listener; no framework, no stream.
 */
export const plainRows = (count: number): string => `<!doctype html><title>Plain rows</title>
<style>
  body { margin: 0; font: 13px sans-serif }
  #box { height: 900px; overflow-y: auto }
  #rows { position: relative; height: ${count * ROW}px }
  #rows div { position: absolute; inset-inline: 0; height: ${ROW - 1}px; border-bottom: 1px solid #ddd }
</style>
<div id="box"><div id="rows"></div></div>
<script>
  const box = document.getElementById('box')
  const rows = document.getElementById('rows')
  let shown = -1
  const draw = () => {
    const first = Math.max(0, Math.floor(box.scrollTop / ${ROW}) - 12)
    if (first === shown) return
    shown = first
    const last = Math.min(${count}, first + Math.ceil(900 / ${ROW}) + 24)
    const lines = []
    for (let i = first; i < last; i += 1)
      lines.push('<div style="top:' + i * ${ROW} + 'px">running bench Answer customer ' + i + ' about the order</div>')
    rows.innerHTML = lines.join('')
  }
  box.addEventListener('scroll', draw, { passive: true })
  draw()
</script>`

const ROW = 32
