import { CastellanError } from '@castellan/contract';
import { entitiesOf, uidOf, type Scenario } from '@castellan/policy';
import type { Terminal } from '../verb.ts';
import { readYaml } from './load.ts';

/** Options that put a question. */
export const questionOptions = {
  principal: { type: 'string' },
  action: { type: 'string' },
  resource: { type: 'string' },
  now: { type: 'string' },
  context: { type: 'string' },
  entities: { type: 'string' },
} as const;

interface QuestionValues {
  readonly principal?: string | undefined;
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  readonly now?: string | undefined;
  readonly context?: string | undefined;
  readonly entities?: string | undefined;
}

/** Reads a question from the command line. The clock is that of the machine where `--now` is not given. */
export function questionOf(values: QuestionValues, terminal: Terminal): Omit<Scenario, 'name' | 'expect' | 'because'> {
  const { principal, action, resource, entities } = values;
  for (const [name, value] of Object.entries({ principal, action, resource })) {
    if (value !== undefined) continue;
    throw new CastellanError({
      code: 'usage',
      message: `no --${name} given`,
      mend: `write --${name} '…', see castellan policy --help`,
    });
  }
  const place = { file: entities ?? '<command line>' };
  return {
    ...sharedQuestionOf(values, terminal),
    principal: uidOf(principal, 'User', '--principal', place),
    action: uidOf(action, 'Action', '--action', place),
    resource: uidOf(resource, undefined, '--resource', place),
  };
}

/** What is known when a question is asked: the time, the context, the entities. */
export function sharedQuestionOf(
  { now = new Date().toISOString(), context = '{}', entities }: QuestionValues,
  terminal: Terminal,
): Pick<Scenario, 'context' | 'entities'> & { readonly now: string } {
  if (Number.isNaN(Date.parse(now))) {
    throw new CastellanError({ code: 'usage', message: `--now ${now} is no time`, mend: 'write 2026-11-24T10:00:00Z' });
  }
  const place = { file: entities ?? '<command line>' };
  return {
    now,
    context: contextOf(context),
    entities: entities === undefined ? [] : entitiesOf(listOf(readYaml(entities, terminal.cwd)), place),
  };
}

/** A list of entities, or a scenario file, which has one. */
const listOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'entities' in json ? json.entities : json;

function contextOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new CastellanError({
    code: 'usage',
    message: '--context is no JSON object',
    mend: `write --context '{"scopes": ["documents:read"]}'`,
  });
}
