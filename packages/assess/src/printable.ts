/**
 * Text of others (documents, policies, file names) for people and CI logs: it begins no line, moves no cursor, turns no
 * direction and gives no workflow command.
 */

/** Control characters (C0 without tab and line feed, DEL, C1), line separators, direction marks, what is invisible, lone surrogates. Joiners are letters' business. */
const UNSHOWN =
  // oxlint-disable-next-line no-control-regex -- these are what must not be shown
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
/** A colour or weight as this tool writes them, which nothing else of a terminal's language is. */
// oxlint-disable-next-line no-control-regex -- the escape sequence itself
const STYLE = /\u001b\[\d{1,3}(?:;\d{1,3}){0,3}m/g;
/** `##[error]`, `##vso[…]`, `##teamcity[…]`: read by CI anywhere in a line. */
const MARKED_COMMAND = /#(?=#\w{0,30}\[)/g;
/** `::error::…`: read by CI at the beginning of a line, after spaces; styles may stand between. */
// oxlint-disable-next-line no-control-regex -- the escape sequence itself
const COLON_COMMAND = /^((?:[^\S\n]|\u001b\[[\d;]*m)*):(?=:)/gm;

const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` }),
);

/**
 * A value in which every text is one line without anything that steers: what text formats are made from.
 * Objects and lists are copied, names of members likewise.
 */
export function printable<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [oneLine(key), copy(member)]));
}

/** Line ends at the end of a text are how YAML blocks end: they say nothing. */
function oneLine(text: string): string {
  return withoutControl(text.replace(/[\r\n]+$/, '').replaceAll(/[\r\n\t]/g, (sign) => NAMED.get(sign) ?? ''));
}

/**
 * A whole output, as the last thing before it is written: its lines stay, whatever else steers is written as `\u001b`.
 * Within JSON and double quotes that is the same text still.
 * @param options.styles keep colours and weights, for a terminal
 * @param options.commands keep `::error …` at the beginning of lines, for a format that is made of them
 */
export function printableOutput(
  text: string,
  { styles = false, commands = false }: { readonly styles?: boolean; readonly commands?: boolean } = {},
): string {
  let shown: string;
  if (styles) {
    // What stands between two styles is checked; the styles are put back as they were.
    const kept = text.match(STYLE) ?? [];
    shown = text
      .split(STYLE)
      .map((part, index) => `${withoutControl(part)}${kept[index] ?? ''}`)
      .join('');
  } else shown = withoutControl(text);
  return commands ? shown : shown.replaceAll(COLON_COMMAND, String.raw`$1\u003a`);
}

/** YAML with every text that holds something to be escaped in double quotes, where `printableOutput` keeps its meaning. */
export async function printableYaml(value: unknown, lineWidth: number): Promise<string> {
  // Loaded here, so that who writes no YAML does without it.
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && withoutControl(node.value) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  return printableOutput(document.toString({ lineWidth }));
}

/** A text for the quotes of JSONPath, which read `\u001b` as what it stands for. */
export function escapeSteering(text: string): string {
  return text.replaceAll(UNSHOWN, (sign) => escaped(sign)).replaceAll(/[\n\t]/g, (sign) => NAMED.get(sign) ?? '');
}

function withoutControl(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSHOWN, (sign) => escaped(sign))
    .replaceAll(MARKED_COMMAND, String.raw`\u0023`);
}

function escaped(sign: string): string {
  let text = '';
  for (let at = 0; at < sign.length; at++) text += `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
