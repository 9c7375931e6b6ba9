import { nearest } from '../normalise/nearest.ts';
import { string, type Reader } from './reader.ts';

const prefixes = ['scope', 'action'];

/**
 * Who may read or write a property: a group, `scope:x` or `action:x`. A prefix that is almost one of these is a mistake and no
 * group: nobody would have it.
 */
export const allowedName: Reader<string> = {
  schema: string.schema,
  read: (node, fail) => {
    const name = string.read(node, fail);
    const prefix = /^([^:]*):/.exec(name)?.[1];
    if (prefix === undefined || prefixes.includes(prefix)) return name;
    const meant = nearest(prefix.trim().toLowerCase().replace(/s$/, ''), prefixes);
    if (meant === undefined) return name;
    throw fail(
      node.location,
      'invalid-extension',
      `'${name.slice(0, 80)}' is no group that anybody has`,
      `did you mean ${meant}:${name.slice(prefix.length + 1, 80)}?`,
    );
  },
};
