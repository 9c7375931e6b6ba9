import { compileResourceAccess, type FieldSource, type PropertyRule, type Response } from '@castellan/contract';
import { mayTouch } from '../authorize/rules.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';

/** Header fields of an answer, which may be taken out. */
export interface AnswerFields extends FieldSource {
  removeHeader?(name: string): unknown;
}

/** A header field of whose value somebody may not see all, by what its schema says. */
interface RuledField {
  readonly name: string;
  readonly rules: readonly PropertyRule[];
}

/**
 * Takes out the header fields that the caller may not read (API3:2023): a field goes whole, where its own schema says so or that of
 * anything in it. No object is at hand that `action:` could be asked about, so that it lets nobody read.
 *
 * @returns the name of a field that could not be taken out
 */
export type HideFields = (exchange: Exchange, fields: AnswerFields) => string | undefined;

/** Compiles what is hidden of the fields of one response; undefined where everybody may read all of them. */
export function compileHiddenFields(core: GuardCore, { headers }: Response): HideFields | undefined {
  const ruled = headers.flatMap(({ name, schema, content }): RuledField[] => {
    const said = schema ?? content?.schema;
    const access =
      said === undefined ? undefined : compileResourceAccess(core.contract, said, 'response', { resources: false });
    if (access === undefined) return [];
    return [
      { name: name.toLowerCase(), rules: [...access.rules, ...access.whole.map((allowed) => ({ name, allowed }))] },
    ];
  });
  if (ruled.length === 0) return undefined;
  return (exchange, fields) => {
    const hidden = ruled.filter(
      ({ name, rules }) =>
        fields.getHeader(name) !== undefined && !rules.every((rule) => mayTouch(core, exchange, rule, () => undefined)),
    );
    if (hidden.length === 0) return undefined;
    exchange.change(
      'unreadable-property',
      hidden.map(({ name }) => `/header/${name}`),
      hidden.length,
    );
    if (exchange.responseMode !== 'enforce') return undefined;
    for (const { name } of hidden) fields.removeHeader?.(name);
    return hidden.find(({ name }) => fields.getHeader(name) !== undefined)?.name;
  };
}
