import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nearest } from '@castellan/contract';
import {
  allSteps,
  htmlOf,
  markdownOf,
  mermaidOf,
  svgOf,
  textOf,
  toOpenThreatModel,
  toThreatDragon,
  type Assessment,
  type ImportedModel,
  type ReportOptions,
  type ThreatsReport,
} from '@castellan/assess/threats';
import { printableOutput, printableYaml } from '@castellan/assess/printable';
import { usage } from '../arguments.ts';

/** Everything that an output is made of. */
export interface Made {
  readonly assessment: Assessment;
  readonly report: ThreatsReport;
  readonly imported: ImportedModel | undefined;
  readonly interactive: boolean;
  /** Every threat of which the scenarios are made. */
  readonly all: boolean;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const earlier = ({ imported }: Made, format: ImportedModel['format']): unknown =>
  imported?.format === format ? imported.model : undefined;

const writers: Readonly<Record<string, { readonly file: string; readonly write: (made: Made) => string }>> = {
  text: { file: 'threats.txt', write: ({ report, interactive, all }) => textOf(report, interactive, all) },
  markdown: { file: 'threats.md', write: ({ assessment, report, all }) => markdownOf(assessment, report, all) },
  html: { file: 'threats.html', write: ({ assessment, report }) => htmlOf(assessment, report) },
  json: { file: 'threats.json', write: ({ report }) => json(report) },
  svg: { file: 'threats.svg', write: ({ assessment }) => svgOf(assessment) },
  mermaid: { file: 'threats.mmd', write: ({ assessment }) => `${mermaidOf(assessment.system)}\n` },
  'threat-dragon': {
    file: 'threat-dragon.json',
    write: (made) => json(toThreatDragon(made.assessment, earlier(made, 'threat-dragon'))),
  },
  otm: { file: 'threats.otm.json', write: (made) => json(toOpenThreatModel(made.assessment, earlier(made, 'otm'))) },
};

/**
 * One output.
 * @throws CastellanError `usage` for a format that there is not
 */
export function write(format: string, made: Made): string {
  return writerOf(format).write(made);
}

/** Refuses a format that there is not, before anything is read. */
export function writerOf(format: string): (typeof writers)[string] {
  const found = Object.hasOwn(writers, format) ? writers[format] : undefined;
  if (found !== undefined) return found;
  const near = nearest(format, Object.keys(writers));
  throw usage(
    `there is no format '${format.slice(0, 40)}'`,
    near === undefined ? `write ${Object.keys(writers).join(', ')}` : `did you mean ${near}?`,
  );
}

/** Writes every format but the terminal's into a folder; gives the names of the files. */
export async function writeAll(folder: string, cwd: string, made: Made): Promise<string[]> {
  await mkdir(resolve(cwd, folder), { recursive: true });
  const names: string[] = [];
  for (const [format, { file, write: make }] of Object.entries(writers)) {
    if (format === 'text') continue;
    await writeFile(resolve(cwd, folder, file), printableOutput(make(made)));
    names.push(join(folder, file));
  }
  return names;
}

/**
 * The overlay of one step, YAML.
 * @throws CastellanError `usage` for a step that there is not, or that no overlay can take
 */
export async function overlayOf(step: string, assessment: Assessment, options: ReportOptions): Promise<string> {
  const steps = allSteps(assessment, options);
  const found = steps.find(({ id }) => id === step);
  if (found === undefined) {
    const near = nearest(
      step,
      steps.map(({ id }) => id),
    );
    throw usage(
      `there is no step '${step.slice(0, 60)}'`,
      near === undefined ? `the steps are ${steps.map(({ id }) => id).join(', ') || 'none'}` : `did you mean ${near}?`,
    );
  }
  if (found.actions.length === 0)
    throw usage(`no overlay can take the step '${step}'`, found.command ?? found.change ?? 'see the report');
  return printableYaml({ overlay: '1.0.0', info: { title: found.title, version: '1' }, actions: found.actions }, 120);
}
