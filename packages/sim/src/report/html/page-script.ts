/**
 * What a page does when it is pointed at: lines are switched on and off in the legend, and a crosshair
 * shows what was at one time, in all charts over time. It is written in the page itself, reads what
 * stands in `data-` attributes and writes texts only. Without it the page shows the same pictures.
 */
export const pageScript = `
const main = document.querySelector('main[data-times]');
const { span = 1, at: times = [], labels = [] } = main ? JSON.parse(main.dataset.times) : {};
const figures = [...document.querySelectorAll('figure')].map((figure) => ({
  figure,
  lines: JSON.parse(figure.dataset.lines ?? '[]'),
  hidden: new Set(),
  drawn: [...figure.querySelectorAll('svg[data-edges]')].map((svg) => {
    const [left, right] = svg.dataset.edges.split(' ').map(Number);
    return { svg, left, right, cross: svg.querySelector('.cross') };
  }),
  readout: figure.querySelector('output'),
}));
const amount = (value) =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 1 }) : value;
let shown;
const show = (sample) => {
  shown = sample;
  for (const { lines, hidden, drawn, readout } of figures) {
    if (lines.length === 0 || !readout) continue;
    for (const { left, right, cross } of drawn) {
      if (!cross) continue;
      cross.setAttribute('visibility', sample === undefined ? 'hidden' : 'visible');
      if (sample === undefined) continue;
      cross.setAttribute('transform', 'translate(' + (left + (times[sample] / span) * (right - left)) + ')');
    }
    readout.textContent = sample === undefined ? '' : labels[sample] + ': ' + lines
      .filter((_, index) => !hidden.has(index))
      .map(({ name, values }) => name + ' ' + amount(values[values.length - times.length + sample] ?? '–'))
      .join(', ');
  }
};
const nearest = (time) => {
  let low = 0;
  for (let high = times.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if ((times[middle] + times[middle + 1]) / 2 < time) low = middle + 1;
    else high = middle;
  }
  return low;
};
for (const { figure, lines, hidden, drawn } of figures) {
  for (const { svg, left, right, cross } of drawn) {
    if (!cross || times.length === 0) continue;
    const look = ({ clientX }) => {
      const box = svg.getBoundingClientRect();
      const x = ((clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
      show(nearest(((x - left) / (right - left)) * span));
    };
    svg.addEventListener('pointermove', look);
    svg.addEventListener('pointerdown', look);
    svg.addEventListener('pointerleave', () => show(undefined));
  }
  for (const button of figure.querySelectorAll('button[data-line]')) {
    const index = Number(button.dataset.line);
    button.addEventListener('click', () => {
      const isShown = hidden.delete(index);
      if (!isShown) hidden.add(index);
      button.setAttribute('aria-pressed', String(isShown));
      for (const line of figure.querySelectorAll('svg [data-line="' + index + '"]')) {
        line.setAttribute('visibility', isShown ? 'visible' : 'hidden');
      }
      show(shown);
    });
  }
}
`;
