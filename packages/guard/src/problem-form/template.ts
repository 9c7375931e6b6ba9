import { nearest } from '@castellan/contract';
import { badOption } from '../configuration/reader.ts';
import type { Problem } from './options.ts';

const places = ['status', 'type', 'title', 'detail', 'requestId', 'errors'] as const;
type Place = (typeof places)[number];

/** How deep a template goes at most. */
const deepest = 16;

/** @throws OptionError `bad-option` where a template names what no problem has */
export function checkTemplate(template: unknown, where: string, depth = 0): void {
  if (depth > deepest) throw badOption(where, `goes deeper than ${deepest} levels`, 'write a smaller template');
  if (typeof template === 'string')
    for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g)) {
      if ((places as readonly string[]).includes(name)) continue;
      const near = nearest(name, places);
      throw badOption(
        where,
        `has {${name.slice(0, 40)}}, which no problem has`,
        near === undefined ? `write ${places.map((place) => `{${place}}`).join(', ')}` : `did you mean {${near}}?`,
      );
    }
  else if (typeof template === 'object' && template !== null)
    for (const [name, inner] of Object.entries(template))
      checkTemplate(inner, `${where}.${name.slice(0, 80)}`, depth + 1);
}

/**
 * A problem in the form of a template. A text that is one place and nothing else becomes its value, as it is: a number, a
 * list; within a longer text it is written out.
 */
export function filled(template: unknown, problem: Problem): unknown {
  if (typeof template === 'string') {
    const [, whole] = /^\{(\w+)\}$/.exec(template) ?? [];
    if (whole !== undefined) return valueOf(problem, whole as Place);
    return template.replaceAll(/\{(\w+)\}/g, (_, name: Place) => {
      const value = valueOf(problem, name);
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    });
  }
  if (Array.isArray(template)) return template.map((inner) => filled(inner, problem));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, inner]) => [name, filled(inner, problem)]));
}

function valueOf(problem: Problem, place: Place): unknown {
  switch (place) {
    case 'detail':
      return problem.detail ?? problem.title;
    case 'errors':
      return problem.errors ?? [];
    default:
      return problem[place];
  }
}
