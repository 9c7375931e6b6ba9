import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { mayBeText } from '../text-value.ts';
import type { Operation } from '@castellan/contract';
import { plain, segmentsOf, wordsOf } from '@castellan/meaning';

const COMMAND =
  /^(?:(?:shell|system|os|raw|bash|remote)?(?:command|commandline|cmd|cmdline)|shell|shellscript|bash|execcommand|runcommand|befehl|kommando|systembefehl|comando|lignedecommande|linhadecomando|lineadecomando)$/;

export const rule = contractRule({
  id: 'command-accepted',
  title: 'Callers write commands',
  owasp: ['API8:2023'],
  asvs: ['V1.2.5'],
  severity: graded('high'),
  reads: 'requests',
  confidence: 'medium',
  why: 'A text that reaches a shell runs whatever its sender adds to it, with the rights of the service.',
  mend: 'list what may be asked for (enum), and call programs with arguments of their own, without a shell',
  docs: 'By names that say a command, as parameters of path and query and as properties. Silent where the values are listed or a pattern bounds them.',
  bad: [
    `paths: { '/run/{command}': { post: { parameters: [{ name: command, in: path, required: true, schema: { type: string } }], responses: {} } } }`,
    `paths: { /diagnose: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { tool: { type: object, properties: { shellCommand: { type: string } } } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { '/run/{command}': { post: { parameters: [{ name: command, in: path, required: true, schema: { enum: [start, stop] } }], responses: {} } } }`,
    `paths: { /commands: { get: { parameters: [{ name: commandId, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields) {
      const { raw } = field.target;
      if (
        (field.kind === 'property' || (field.kind === 'parameter' && field.parameter?.in !== 'header')) &&
        field.writtenBy.length > 0 &&
        COMMAND.test(plain(field.name)) &&
        mayBeText(field) &&
        !field.writtenBy.every(isAbout) &&
        !/^(?:integer|number)$/.test(String(raw['type'])) &&
        raw['pattern'] === undefined &&
        raw['format'] === undefined
      )
        yield {
          at: field.location,
          message: `${field.name} holds a command that the caller writes (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
    }
  },
});

/** What is said about a command, or written down of one, does not run it. */
function isAbout({ path }: Operation): boolean {
  return segmentsOf(path)
    .flatMap(wordsOf)
    .some((word) =>
      /^(?:feedback|feedbacks|comments?|logs?|events?|history|audit|reports?|docs?|telemetry|analytics)$/.test(word),
    );
}
