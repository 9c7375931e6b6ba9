import type { Assessment } from '../assess.ts';
import { levels, type Level } from '../risk.ts';
import type { SystemFlow } from '../system/model.ts';
import { layOut, type LaidElement, type LaidFlow } from './layout.ts';

const colours: Readonly<Record<Level, string>> = {
  critical: '#b4232a',
  high: '#d9622b',
  medium: '#c29a1f',
  low: '#5a8f4d',
};
const FONT = "font-family='system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'";

/** The data-flow diagram of an assessment as one SVG document: no scripts, no links to anywhere. */
export function svgOf(assessment: Assessment): string {
  const layout = layOut(assessment.system);
  const marks = marksOf(assessment);
  const legend = 34;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(layout.width)} ${n(layout.height + legend)}" width="${n(layout.width)}" height="${n(layout.height + legend)}" role="img" aria-label="Data-flow diagram of ${escape(assessment.system.title)}" ${FONT}>`,
    '<defs>',
    ...Object.entries({ plain: '#b4232a', safe: '#3f6b8c', unknown: '#7a7f87' }).map(
      ([id, colour]) =>
        `<marker id="to-${id}" viewBox="0 0 8 8" refX="7.2" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0,0.6 L8,4 L0,7.4 Z" fill="${colour}"/></marker>`,
    ),
    '</defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...layout.boundaries.map(
      ({ x, y, width, height, name }) =>
        `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="10" fill="#f6f7f9" stroke="#9aa1ab" stroke-dasharray="6 5"/><text x="${n(x + 14)}" y="${n(y + 22)}" font-size="12" font-weight="600" fill="#596273" letter-spacing="0.4">${escape(name)}</text>`,
    ),
    ...layout.flows.map(lineOf),
    ...layout.elements.map((laid) => elementOf(laid, marks)),
    ...layout.flows.map(labelOf),
    legendOf(layout.height),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** Worst level and number of live threats, by element and by operation. */
interface Marks {
  readonly elements: ReadonlyMap<string, { readonly level: Level; readonly count: number }>;
  readonly operations: ReadonlyMap<string, { readonly level: Level; readonly count: number }>;
}

function marksOf(assessment: Assessment): Marks {
  const elements = new Map<string, { level: Level; count: number }>();
  const operations = new Map<string, { level: Level; count: number }>();
  const mark = (map: Map<string, { level: Level; count: number }>, id: string, level: Level): void => {
    const found = map.get(id);
    const worse = found === undefined || levels.indexOf(level) < levels.indexOf(found.level);
    map.set(id, { level: worse ? level : found.level, count: (found?.count ?? 0) + 1 });
  };
  for (const { subject, status, risk, api } of assessment.threats) {
    if (status === 'mitigated' || status === 'accepted' || status === 'not-asked') continue;
    if (subject.kind === 'operation')
      mark(operations, `${subject.api.elementId} ${subject.operation.operationId}`, risk.level);
    else if (subject.kind !== 'flow' && subject.kind !== 'api') mark(elements, subject.element.id, risk.level);
    if ((subject.kind === 'operation' || subject.kind === 'api') && api !== undefined)
      mark(elements, api.elementId, risk.level);
  }
  return { elements, operations };
}

function elementOf(laid: LaidElement, marks: Marks): string {
  const { element, x, y, width, height } = laid;
  const line = element.inferred ? "stroke-dasharray='4 3'" : '';
  const shape =
    element.kind === 'store'
      ? `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="#ffffff"/><path d="M${n(x)},${n(y)} h${n(width)} M${n(x)},${n(y + height)} h${n(width)}" stroke="#39424e" stroke-width="2" ${line}/>`
      : `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${element.kind === 'process' ? 16 : 2}" fill="#ffffff" stroke="#39424e" stroke-width="1.4" ${line}/>`;
  const mark = marks.elements.get(element.id);
  const room = width - (mark === undefined ? 28 : 60);
  const top = element.groups.length > 0 ? y + 24 : y + height / 2 - 2;
  const under = [
    kindOf(element.kind, element.gateway),
    element.technology,
    element.data.length > 0 && element.kind === 'store' ? element.data.join(', ') : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
  return [
    `<g><title>${escape(`${element.name}: ${under}`)}</title>`,
    shape,
    `<text x="${n(x + 14)}" y="${n(top)}" font-size="13" font-weight="600" fill="#1d232b">${escape(fit(element.name, room, 7.6))}</text>`,
    `<text x="${n(x + 14)}" y="${n(top + 16)}" font-size="10.5" fill="#596273">${escape(fit(under, width - 26, 5.4))}</text>`,
    mark === undefined
      ? ''
      : badge(x + width - 12, element.groups.length > 0 ? y + 20 : y + 14, mark.level, mark.count),
    ...laid.cells.map((cell) => cellOf(cell, element.id, marks)),
    '</g>',
  ].join('');
}

function cellOf(cell: LaidElement['cells'][number], elementId: string, marks: Marks): string {
  const { group, x, y, width, height } = cell;
  const found = new Set(
    group.operations.map(({ operationId }) => marks.operations.get(`${elementId} ${operationId}`)?.level),
  );
  const worst = levels.find((level) => found.has(level));
  const under = `${group.operations.length} operation${group.operations.length === 1 ? '' : 's'}${group.data.length === 0 ? '' : ` · ${group.data.join(', ')}`}`;
  return `<g><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="5" fill="#eef2f6" stroke="#c3cbd5"/><rect x="${n(x)}" y="${n(y)}" width="5" height="${n(height)}" rx="2" fill="${worst === undefined ? '#c3cbd5' : colours[worst]}"/><text x="${n(x + 13)}" y="${n(y + 17)}" font-size="11.5" fill="#1d232b">${escape(fit(group.name, width - 20, 6.1))}</text><text x="${n(x + 13)}" y="${n(y + 31)}" font-size="9.5" fill="#596273">${escape(fit(under, width - 20, 4.9))}</text></g>`;
}

function badge(right: number, y: number, level: Level, count: number): string {
  const text = String(count);
  const width = 12 + text.length * 6.4;
  return `<rect x="${n(right - width)}" y="${n(y - 8)}" width="${n(width)}" height="16" rx="8" fill="${colours[level]}"/><text x="${n(right - width / 2)}" y="${n(y + 4)}" font-size="10.5" font-weight="600" fill="#ffffff" text-anchor="middle">${text}</text>`;
}

function look(flow: SystemFlow): 'plain' | 'safe' | 'unknown' {
  if (flow.encrypted === undefined) return 'unknown';
  return flow.encrypted ? 'safe' : 'plain';
}

function lineOf({ flow, points, reversed }: LaidFlow): string {
  const kind = look(flow);
  const colour = { plain: '#b4232a', safe: '#3f6b8c', unknown: '#7a7f87' }[kind];
  return `<path d="${rounded(points)}" fill="none" stroke="${colour}" stroke-width="1.4" ${kind === 'unknown' ? "stroke-dasharray='5 4'" : ''} ${reversed ? `marker-start="url(#to-${kind})"` : `marker-end="url(#to-${kind})"`}/>`;
}

function labelOf({ flow, label }: LaidFlow): string {
  const text = `${flow.label}${flow.encrypted === false && !flow.label.startsWith(flow.protocol) ? ` · ${flow.protocol}` : ''}`;
  return `<text x="${n(label.x)}" y="${n(label.y)}" font-size="10.5" fill="#39424e" text-anchor="${label.anchor}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escape(fit(text, label.room, 5.5))}</text>`;
}

/** A path with its corners rounded. */
function rounded(points: LaidFlow['points']): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  let path = `M${n(start[0])},${n(start[1])}`;
  for (const [index, [x, y]] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) {
      path += ` L${n(x)},${n(y)}`;
      continue;
    }
    const [px, py] = index === 0 ? start : (rest[index - 1] ?? start);
    const r = Math.min(6, Math.hypot(x - px, y - py) / 2, Math.hypot(next[0] - x, next[1] - y) / 2);
    const before = [x - Math.sign(x - px) * r, y - Math.sign(y - py) * r] as const;
    const after = [x + Math.sign(next[0] - x) * r, y + Math.sign(next[1] - y) * r] as const;
    path += ` L${n(before[0])},${n(before[1])} Q${n(x)},${n(y)} ${n(after[0])},${n(after[1])}`;
  }
  return path;
}

function legendOf(y: number): string {
  const items: readonly (readonly [string, string])[] = [
    ['#3f6b8c', 'encrypted'],
    ['#b4232a', 'not encrypted'],
    ['#7a7f87', 'nobody says'],
  ];
  const lines = items.map(
    ([colour, text], index) =>
      `<path d="M${24 + index * 130},${n(y + 8)} h26" stroke="${colour}" stroke-width="1.8" ${colour === '#7a7f87' ? "stroke-dasharray='5 4'" : ''}/><text x="${56 + index * 130}" y="${n(y + 12)}" font-size="10.5" fill="#596273">${text}</text>`,
  );
  const badges = levels.map(
    (level, index) =>
      `<rect x="${430 + index * 86}" y="${n(y + 1)}" width="14" height="14" rx="7" fill="${colours[level]}"/><text x="${449 + index * 86}" y="${n(y + 12)}" font-size="10.5" fill="#596273">${level}</text>`,
  );
  return `<g>${lines.join('')}${badges.join('')}</g>`;
}

function kindOf(kind: LaidElement['element']['kind'], gateway: boolean): string {
  return gateway ? 'gateway' : { actor: 'actor', process: 'process', store: 'store', external: 'external' }[kind];
}

/** A text cut to a width in pixels, with an ellipsis. */
function fit(text: string, room: number, perCharacter: number): string {
  const most = Math.max(3, Math.floor(room / perCharacter));
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Text for XML: markup escaped, and characters that XML 1.0 does not have left out. */
function escape(text: string): string {
  const allowed = [...text].filter((character) => (character.codePointAt(0) ?? 0) >= 32).join('');
  return allowed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
