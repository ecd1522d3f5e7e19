// Draws the form `outliers`: a series of numbers as bars, of which a person marks those that do not
// belong. Its one question, `marked`, is a list of places: what no kind of question can ask for.

const series = document.getElementById('series')
let marked = new Set()

addEventListener('message', ({ data: { show, answer, theme, readOnly } }) => {
  document.documentElement.dataset.theme = theme
  marked = new Set(answer.marked ?? [])
  const values = show.find(({ name }) => name === 'values')?.value ?? []
  draw(values, readOnly)
  parent.postMessage({ height: document.documentElement.offsetHeight }, '*')
})

function draw(values, readOnly) {
  const highest = Math.max(...values, 1)
  const bars = values.map((value, place) => {
    const bar = document.createElement('button')
    bar.type = 'button'
    bar.disabled = readOnly
    bar.style.setProperty('--share', String(value / highest))
    bar.setAttribute('aria-pressed', String(marked.has(place)))
    bar.setAttribute('aria-label', `Value ${place + 1}: ${value}`)
    bar.textContent = String(value)
    bar.addEventListener('click', () => {
      if (!marked.delete(place)) marked.add(place)
      bar.setAttribute('aria-pressed', String(marked.has(place)))
      parent.postMessage({ answer: { marked: [...marked].sort((a, b) => a - b) } }, '*')
    })
    return bar
  })
  series.replaceChildren(...bars)
}
