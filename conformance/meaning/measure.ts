import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyName, dataClasses, decisionOf, decisions, purposes, purposesOf } from '@castellan/meaning';

/** Half of the table: words are chosen by looking at `chosen`; `measured` is only counted. */
type Half = 'chosen' | 'measured';

/** One row of the table: what it says, and what the names were read as. */
export interface Judged {
  readonly name: string;
  readonly half: Half;
  readonly expected: ReadonlySet<string>;
  readonly found: ReadonlySet<string>;
}

/** How well one label is read. */
export interface Measure {
  readonly label: string;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  /** Of what was said, the share that is so; 1 where nothing was said. */
  readonly precision: number;
  /** Of what is so, the share that was said; 1 where nothing is. */
  readonly recall: number;
}

const NONE = 'none';

function rows(file: string): readonly (readonly string[])[] {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

function halfOf(name: string): Half {
  return createHash('sha256').update(name).digest().readUInt8(0) % 2 === 0 ? 'chosen' : 'measured';
}

function labels(text: string, known: readonly string[]): ReadonlySet<string> {
  const found = text.split(/\s+/).filter((label) => label !== '' && label !== NONE);
  for (const label of found) if (!known.includes(label)) throw new Error(`the table has an unknown label '${label}'`);
  return new Set(found);
}

/** Every operation of the table. */
export function operations(): readonly Judged[] {
  return rows('operations.txt').map(([call = '', expected = '']) => {
    const [method = '', path = '', secret] = call.split(/\s+/);
    return {
      name: call,
      half: halfOf(call),
      expected: labels(expected, purposes),
      found: purposesOf({ method, path, secret: secret === 'secret' }),
    };
  });
}

/** Every name of the table: its class of data and what it decides. */
export function properties(): readonly Judged[] {
  return rows('properties.txt').map(([name = '', data = '', decision = '']) => ({
    name,
    half: halfOf(name),
    expected: new Set([...labels(data, dataClasses), ...labels(decision, decisions)]),
    found: new Set([classifyName(name), decisionOf(name)].filter((label) => label !== undefined)),
  }));
}

/** Precision and recall of each label, and of all together as the last row. */
export function measure(judged: readonly Judged[], known: readonly string[]): readonly Measure[] {
  const count = (label: string, all: readonly string[]): Measure => {
    const is = (one: ReadonlySet<string>): number => all.filter((each) => one.has(each)).length;
    const both = ({ expected, found }: Judged): number =>
      all.filter((each) => expected.has(each) && found.has(each)).length;
    const right = judged.reduce((sum, one) => sum + both(one), 0);
    const said = judged.reduce((sum, { found }) => sum + is(found), 0);
    const so = judged.reduce((sum, { expected }) => sum + is(expected), 0);
    return {
      label,
      right,
      wrong: said - right,
      missed: so - right,
      precision: said === 0 ? 1 : right / said,
      recall: so === 0 ? 1 : right / so,
    };
  };
  return [...known.map((label) => count(label, [label])), count('all', known)];
}
