import { CastellanError, nearest, type Place } from '@castellan/contract';
import { uidOf } from '../scenarios/read.ts';
import type { TemplateLink } from './policies.ts';

/** A template that is filled: who, and on what. */
export interface LinkInput {
  /** The `@id` of the template. */
  readonly template: string;
  /** What stands for `?principal`: `User::"ada"`, `Group::"staff"`. */
  readonly principal?: string | undefined;
  /** What stands for `?resource`: `Document::"plan"`. */
  readonly resource?: string | undefined;
  /** The id of the policy that comes of it; made of the others where not said. */
  readonly id?: string | undefined;
}

const keys = ['template', 'principal', 'resource', 'id'];
/** More links than this are a table: see `sharing`. */
const most = 100_000;

/**
 * Reads links of templates, as people write them.
 * @throws CastellanError `bad-link`
 */
export function readLinks(value: unknown, place: Place): TemplateLink[] {
  if (!Array.isArray(value) || value.length > most)
    throw bad(
      `the links are no list of at most ${most}`,
      place,
      'write - { template: viewer, principal: \'User::"ada"\' }',
    );
  return value.map((one: unknown, index) => linkOf(one, `link ${index + 1}`, place));
}

function linkOf(value: unknown, what: string, place: Place): TemplateLink {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`${what} is no mapping`, place, `write ${keys.join(', ')}`);
  const link = value as Readonly<Record<string, unknown>>;
  const other = Object.keys(link).find((key) => !keys.includes(key));
  if (other !== undefined) {
    const near = nearest(other, keys);
    throw bad(
      `${what} has an unknown key '${other}'`,
      place,
      near === undefined ? `write ${keys.join(', ')}` : `did you mean '${near}'?`,
    );
  }
  const { template, id } = link;
  if (typeof template !== 'string' || template === '')
    throw bad(`${what} names no template`, place, 'write the @id of one: template: viewer');
  if (id !== undefined && (typeof id !== 'string' || id === ''))
    throw bad(`the id of ${what} is no text`, place, 'write one');
  const slots = (['principal', 'resource'] as const).flatMap((name) => {
    if (link[name] === undefined) return [];
    const { type, id: of } = uidOf(link[name], undefined, `the ${name} of ${what}`, place);
    return [[`?${name}`, { type, id: of }] as const];
  });
  const made = [template, ...slots.map(([, uid]) => `${uid.type}::${JSON.stringify(uid.id)}`)].join(' ');
  return { templateId: template, newId: typeof id === 'string' ? id : made, values: Object.fromEntries(slots) };
}

function bad(message: string, place: Place, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-link', message, place, mend });
}
