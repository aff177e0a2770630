// Line plots as SVG, side by side: axes from zero, ticks, one legend for all.
const PANEL = { width: 380, height: 280, left: 56, right: 16, top: 44, bottom: 48 };
const HEAD = 40;
const LEGEND = 34;
const COLOURS = ['#0b6e99', '#c4501b', '#4c8c2b', '#7a3e9d'];
const DASHES = ['', '6 4', '2 3', '8 3 2 3']; // so that it can be read without colours
const FONT = 'font-family="system-ui, sans-serif"';

const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const number = (n) => String(Number(n.toFixed(2)));

/** A round step that gives about so many ticks up to `max`. */
function step(max, ticks = 5) {
  const rough = max / ticks || 1;
  const power = 10 ** Math.floor(Math.log10(rough));

  return [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
}

/** {to, ticks}: from zero to a little beyond the largest. */
function axis(values) {
  const max = Math.max(...values, 1e-9);
  const by = step(max);
  const to = Math.ceil(max / by) * by;

  return { to, ticks: Array.from({ length: Math.round(to / by) + 1 }, (_, i) => i * by) };
}

const line = (x1, y1, x2, y2, style) => `<line x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}" ${style}/>`;
const text = (x, y, what, style = '') => `<text x="${number(x)}" y="${number(y)}" ${style}>${escape(what)}</text>`;
const stroke = (i) => `stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2" fill="none"${DASHES[i % DASHES.length] && ` stroke-dasharray="${DASHES[i % DASHES.length]}"`}`;

function panel({ title, x, y, series }, at) {
  const points = Object.values(series).flat();
  const [ax, ay] = [axis(points.map((p) => p.x)), axis(points.map((p) => p.y))];
  const { width, height, left, right, top, bottom } = PANEL;
  const px = (v) => left + v / ax.to * (width - left - right);
  const py = (v) => height - bottom - v / ay.to * (height - top - bottom);
  const small = 'font-size="11" fill="#444"';

  return [
    `<g transform="translate(${at} ${HEAD})">`,
    text(left, top - 16, title, 'font-size="14" font-weight="600"'),
    ...ay.ticks.map((t) => line(left, py(t), width - right, py(t), 'stroke="#ddd"') + text(left - 6, py(t) + 4, number(t), `${small} text-anchor="end"`)),
    ...ax.ticks.map((t) => line(px(t), py(0), px(t), py(0) + 4, 'stroke="#444"') + text(px(t), py(0) + 17, number(t), `${small} text-anchor="middle"`)),
    line(left, py(0), width - right, py(0), 'stroke="#444"'),
    line(left, py(0), left, top, 'stroke="#444"'),
    text((left + width - right) / 2, height - 10, x, 'font-size="12" text-anchor="middle"'),
    text(14, (top + height - bottom) / 2, y, `font-size="12" text-anchor="middle" transform="rotate(-90 14 ${number((top + height - bottom) / 2)})"`),
    ...Object.values(series).map((all, i) => [
      `<polyline points="${all.map((p) => `${number(px(p.x))},${number(py(p.y))}`).join(' ')}" ${stroke(i)}/>`,
      ...all.map((p) => `<circle cx="${number(px(p.x))}" cy="${number(py(p.y))}" r="3" fill="${COLOURS[i % COLOURS.length]}"><title>${escape(`${p.x}: ${number(p.y)}`)}</title></circle>`),
    ].join('\n')),
    '</g>',
  ].join('\n');
}

/** panels: [{title, x, y (labels), series: {name: [{x, y}]}}], all with the same series. */
export function plot(title, panels) {
  const width = PANEL.width * panels.length;
  const height = HEAD + PANEL.height + LEGEND;
  const names = Object.keys(panels[0].series);
  const legend = names.map((name, i) => {
    const x = PANEL.left + i * 260;
    const y = HEAD + PANEL.height + 14;

    return line(x, y, x + 32, y, stroke(i)) + text(x + 40, y + 4, name, 'font-size="13"');
  });

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${FONT} role="img">
<title>${escape(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${text(PANEL.left, 28, title, 'font-size="18" font-weight="600"')}
${panels.map((p, i) => panel(p, i * PANEL.width)).join('\n')}
${legend.join('\n')}
</svg>
`;
}
