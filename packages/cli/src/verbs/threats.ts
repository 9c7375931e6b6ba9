import { printable } from '@castellan/assess/printable';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  assess,
  levels,
  questionsOf,
  reportOf,
  writeReview,
  type Assessment,
  type Level,
  type ReportOptions,
} from '@castellan/assess/threats';
import { parseArguments, usage } from '../arguments.ts';
import { readEvidenceFiles, readForeignModel, readInput, readPrevious, type ReadInput } from '../threats/inputs.ts';
import { overlayOf, write, writeAll, writerOf } from '../threats/outputs.ts';
import type { Terminal, Verb } from '../verb.ts';
import { verbs } from './index.ts';

const help = `castellan threats FILE... [options]

Makes the threat model of an API from its OpenAPI document, castellan.yaml and deployment files: what is worth protecting,
who could do what, how bad that is under the profile, how far it is countered, and what to do next. FILE is a document, or
a castellan.yaml.

  --profile NAME      toy, internal, standard or bank, instead of the document's own
  --config FILE       castellan.yaml; the one beside the document where not said
  --deployment PATH   Compose, Kubernetes, nginx, Envoy or Terraform files or folders; may be repeated; those beside the
                      document where not said
  --alone             read the document only
  --overlay FILE      apply an OpenAPI Overlay first; may be repeated
  --evidence FILE     what was seen, as schemas/evidence.json has it; may be repeated
  --environment NAME  whose evidence counts
  --format NAME       text (default), markdown, html, json, svg, mermaid, threat-dragon, otm
  --json              the same as --format json (schemas/threats-output.json)
  --out FOLDER        write all formats there; a threats.json that is there already is what is compared with
  --since FILE        an earlier --format json: says what changed
  --all               text, markdown: every scenario, and every threat of which they are made
  --step NAME         print the overlay of one step of 'what to do next'
  --group NAME        with --step: who may read or write what the step is about; may be given several times
  --owner TEAM        with --step: who answers for the API
  --review            write the questions that only people can answer beside the document
  --answers FILE      the review file (default: FILE.review.yaml beside the document)
  --import FILE       a Threat Dragon 2 or Open Threat Model file: what people added to it is kept and shown
  --fail-on LEVEL     exit 1 where a threat of that level is not dealt with: critical, high (default), medium, low, none
`;

const options = {
  profile: { type: 'string' },
  config: { type: 'string' },
  deployment: { type: 'string', multiple: true },
  alone: { type: 'boolean' },
  overlay: { type: 'string', multiple: true },
  evidence: { type: 'string', multiple: true },
  environment: { type: 'string' },
  format: { type: 'string' },
  json: { type: 'boolean' },
  out: { type: 'string' },
  since: { type: 'string' },
  all: { type: 'boolean' },
  step: { type: 'string' },
  group: { type: 'string', multiple: true },
  owner: { type: 'string' },
  review: { type: 'boolean' },
  answers: { type: 'string' },
  import: { type: 'string' },
  'fail-on': { type: 'string' },
} as const;

export const verb: Verb = {
  name: 'threats',
  help,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('threats', args, options);
    const format = values.json === true ? 'json' : (values.format ?? 'text');
    writerOf(format);
    const failOn = failOnOf(values['fail-on']);
    const { cwd } = terminal;
    const input = await readInput({
      files: positionals,
      config: values.config,
      deployment: values.deployment,
      alone: values.alone ?? false,
      overlays: values.overlay ?? [],
      profile: values.profile,
      answers: values.answers,
      cwd,
    });
    const now = nowOf(terminal);
    if (values.review === true) return writeQuestions(input, terminal);
    const evidence = await readEvidenceFiles(values.evidence ?? [], cwd);
    const imported = values.import === undefined ? undefined : await readForeignModel(values.import, cwd);
    const kept = values.out === undefined ? undefined : join(values.out, 'threats.json');
    const since = values.since ?? (kept !== undefined && existsSync(resolve(cwd, kept)) ? kept : undefined);
    const previous = since === undefined ? undefined : await readPrevious(since, cwd);
    const assessment = assess(input.system, { evidence, environment: values.environment, now, review: input.review });
    const reportOptions: ReportOptions = {
      now,
      file: input.fileOf,
      arguments: `${values.profile === undefined ? '' : ` --profile ${values.profile}`}${(values.overlay ?? []).map((file) => ` --overlay ${file}`).join('')}`,
      verbs: new Set(Object.keys(verbs)),
      choices: { groups: values.group, owner: values.owner },
      previous,
      added: imported?.added,
    };
    if (values.step !== undefined) {
      terminal.out(await overlayOf(values.step, assessment, reportOptions));
      return 0;
    }
    const made = {
      assessment,
      report: reportOf(assessment, reportOptions),
      imported,
      interactive: terminal.interactive,
      all: values.all ?? false,
    };
    if (values.out === undefined) terminal.out(write(format, made));
    else {
      const files = await writeAll(values.out, cwd, made);
      terminal.out(
        format === 'text' ? `${write('text', made)}\nwritten: ${printable(files).join(', ')}\n` : write(format, made),
      );
    }
    return fails(assessment, failOn) ? 1 : 0;
  },
};

async function writeQuestions({ system, review, reviewText, reviewFile }: ReadInput, terminal: Terminal): Promise<0> {
  const questions = questionsOf(system);
  const text = writeReview(questions, { ...review, file: reviewFile }, reviewText);
  await writeFile(resolve(terminal.cwd, reviewFile), text);
  const open = questions.filter(({ id }) => !review.answers.has(id)).length;
  terminal.out(
    `${printable(reviewFile)}: ${questions.length} questions, ${open} to be answered. Write answer, by and at; the next run uses them.\n`,
  );
  return 0;
}

function failOnOf(text: string | undefined): Level | 'none' {
  if (text === undefined) return 'high';
  if (text === 'none') return text;
  const found = levels.find((level) => level === text);
  if (found === undefined)
    throw usage(`there is no level '${text.slice(0, 40)}'`, `write ${levels.join(', ')} or none`);
  return found;
}

function fails({ threats }: Assessment, failOn: Level | 'none'): boolean {
  if (failOn === 'none') return false;
  return threats.some(
    ({ status, risk }) =>
      status !== 'mitigated' &&
      status !== 'accepted' &&
      status !== 'not-asked' &&
      levels.indexOf(risk.level) <= levels.indexOf(failOn),
  );
}

/** The time; SOURCE_DATE_EPOCH (seconds) makes reports reproducible. */
function nowOf({ env }: Terminal): number {
  const epoch = Number(env['SOURCE_DATE_EPOCH']);
  return env['SOURCE_DATE_EPOCH'] !== undefined && Number.isFinite(epoch) ? epoch * 1000 : Date.now();
}
