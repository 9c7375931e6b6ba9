import type { Contract, Leniency, Operation } from '@castellan/contract';
import type { Editor } from '../editor.ts';
import type { OperationSite } from '../operation-site.ts';

/** Forms of texts that are written as a leniency says, with those that need none, and what is said of them without it. */
const notations: readonly {
  readonly name: Leniency;
  readonly form: string;
  readonly right: string;
  readonly keywords: readonly string[];
}[] = [
  { name: 'naive-date-time', form: 'naive-date-time', right: 'date-time', keywords: ['format', 'anyOf', 'oneOf'] },
  { name: 'plain-uuid', form: 'compact-uuid', right: 'uuid', keywords: ['format', 'anyOf', 'oneOf'] },
  { name: 'boolean-words', form: 'boolean-word', right: 'boolean', keywords: ['type'] },
];

/** The leniency that lets through what was seen, and nothing else: the document may go on to say its format. */
export function notationOf(keyword: string, forms: Iterable<string>): Leniency | undefined {
  const seen = [...forms];
  return notations.find(
    ({ form, right, keywords }) =>
      keywords.includes(keyword) && seen.includes(form) && seen.every((one) => one === form || one === right),
  )?.name;
}

/** Whether an operation lets through what is written so. */
export function isLetThrough(
  contract: Contract,
  operation: Operation,
  keyword: string,
  forms: Iterable<string>,
): boolean {
  const name = notationOf(keyword, forms);
  const named = operation.castellan.leniency ?? contract.castellan.leniency ?? [];
  return name !== undefined && named.includes(name);
}

/** Names a leniency at an operation, beside those that it has. */
export function allowNotation(editor: Editor, site: OperationSite, name: Leniency): boolean {
  const own = `${site.pointer}/x-castellan/leniency`;
  const named = editor.get(own) ?? editor.get('/x-castellan/leniency') ?? [];
  if (!Array.isArray(named) || named.includes(name)) return true;
  if (editor.has(own)) editor.append(own, name);
  else editor.set(own, [...(named as readonly unknown[]), name]);
  return true;
}
