/** One bar, and the one behind it that it is held against. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands after the bar. */
  readonly text: string;
  readonly floor?: number;
  /** Somebody else's, in another colour. */
  readonly isPeer?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Each tenfold is as long as the next; for values that are far apart. */
  readonly isLogarithmic?: boolean;
}

const width = 860;
const margin = 16;
const labelWidth = 300;
const textWidth = 170;
const barHeight = 16;
const lineHeight = 24;
const titleHeight = 36;
const barMax = width - labelWidth - textWidth - 2 * margin;

/** Legible on a light page and on a dark one: the colours follow the reader's setting. */
const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .page { fill: #ffffff; }
  .floor { fill: #d0d7de; }
  .ours { fill: #1f6feb; }
  .peer { fill: #bc8c3c; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .page { fill: #0d1117; }
    .floor { fill: #3d444d; }
    .ours { fill: #4493f8; }
  }`;

/** An SVG of horizontal bars, one panel below the other. */
export function drawBars(panels: readonly Panel[]): string {
  const parts: string[] = [];
  let y = margin;
  for (const panel of panels) {
    parts.push(`<text class="title" x="${margin}" y="${y + barHeight}">${escapeText(panel.title)}</text>`);
    y += titleHeight;
    const lengthOf = scaleOf(panel);
    for (const bar of panel.bars) {
      parts.push(drawBar(bar, y, lengthOf));
      y += lineHeight;
    }
    y += margin;
  }
  const page = `<rect class="page" width="${width}" height="${y}"/>`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">`;
  return `${[open, `<style>${style}\n</style>`, page, ...parts, '</svg>'].join('\n')}\n`;
}

/** The longest bar fills the width; on a logarithmic scale the shortest is a tenth of the smallest power of ten below it. */
function scaleOf({ bars, isLogarithmic = false }: Panel): (value: number) => number {
  const values = bars.flatMap(({ value, floor }) => [value, floor ?? 0]).filter((value) => value > 0);
  const most = Math.max(...values);
  if (!isLogarithmic) return (value) => (value / most) * barMax;
  const least = Math.floor(Math.log10(Math.min(...values))) - 1;
  const range = Math.log10(most) - least;
  return (value) => (value > 0 ? ((Math.log10(value) - least) / range) * barMax : 0);
}

function drawBar(
  { label, value, text, floor, isPeer }: Bar,
  y: number,
  lengthOf: (value: number) => number,
): string {
  const x = margin + labelWidth;
  const middle = y + barHeight - 4;
  const rect = (kind: string, length: number, inset: number) =>
    `<rect class="${kind}" x="${x}" y="${y + inset}" width="${length.toFixed(1)}" height="${barHeight - 2 * inset}"/>`;
  const end = Math.max(lengthOf(value), lengthOf(floor ?? 0));
  return [
    `<text x="${x - 8}" y="${middle}" text-anchor="end">${escapeText(label)}</text>`,
    floor === undefined ? '' : rect('floor', lengthOf(floor), 0),
    rect(isPeer ? 'peer' : 'ours', lengthOf(value), floor === undefined ? 0 : 3),
    `<text x="${(x + end + 6).toFixed(1)}" y="${middle}">${escapeText(text)}</text>`,
  ].join('');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
