import { run } from '../src/run.ts';

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
/** Each sign that a terminal, a browser or a CI log would obey. */
export const signs = [
  ...range(0, 8),
  ...range(11, 31),
  ...range(0x7f, 0x9f),
  '\u061c',
  '\u200e',
  '\u200f',
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
  '\ufeff',
  '\u{e0041}',
];
/** Text that gives orders: escape sequences, forged lines of each kind of line end, and commands of several CI services. */
const orders = [
  '\u001b]0;TITLE\u0007\u001b[2J\u001b[31mred\u009b8m',
  ...['\n', '\r\n', '\r', '\u0085', '\u2028', '\u000b', '\u000c'].flatMap((end) => [
    `${end}forged`,
    `${end}::error::forged`,
    `${end} \t::add-mask::a`,
  ]),
  ' ##vso[task.setvariable variable=a]b ##[error]c ##teamcity[d]',
  '\u202egnp.exe\u2069',
];

/** Each kind of line end, with one of the orders; all of them where there is time. */
export const someOrders = orders.filter((order, index) => {
  const [end, kind] = [Math.floor((index - 1) / 3), (index - 1) % 3];
  return (
    process.env['CASTELLAN_WHOLE'] === '1' ||
    (!order.includes('forged') && !order.includes('add-mask')) ||
    kind === end % 3
  );
});

/**
 * One command line, and what it wrote.
 * @param until what ends a verb that stays: it is stopped once that was written
 */
export async function castellan(args: readonly string[], interactive: boolean, folder: string, until?: RegExp) {
  let out = '';
  let err = '';
  const stop = new AbortController();
  const look = (): void => {
    if (until?.test(out + err) === true) stop.abort();
  };
  const status = await run(args, {
    out: (text) => {
      out += text;
      look();
    },
    err: (text) => {
      err += text;
      look();
    },
    interactive,
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: '1700000000' },
    signal: stop.signal,
  });
  return { status, out, err };
}

/** What of an output still steers, or undefined. */
export function steers(text: string, interactive: boolean, commands: boolean): string | undefined {
  // oxlint-disable-next-line no-control-regex -- colours and weights of the tool's own
  const rest = interactive ? text.replaceAll(/\u001b\[(?:1|2|22|31|31;1|32|33|36|39|0)m/g, '') : text;
  const sign = signs.find((one) => rest.includes(one));
  if (sign !== undefined) return `U+${sign.codePointAt(0)?.toString(16)} in ${JSON.stringify(rest.slice(0, 300))}`;
  const line = rest.split('\n').find((one) => /^\s*forged/.test(one) || (!commands && /^\s*::/.test(one)));
  return line ?? /##\w*\[.{0,20}/.exec(rest)?.[0];
}
