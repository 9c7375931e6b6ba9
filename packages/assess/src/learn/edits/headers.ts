import { pointerOf, type Editor } from '../editor.ts';
import type { OperationSite } from '../operation-site.ts';
import { resolved } from '../sites.ts';

/** Lets a header field of answers be missing, and be any text. */
export function relaxHeader(editor: Editor, site: OperationSite, status: number, name: string): boolean {
  const response = site.response(status);
  if (response === undefined) return false;
  const names = Object.keys((editor.get(`${response}/headers`) as object | undefined) ?? {});
  const found = names.find((one) => one.toLowerCase() === name.toLowerCase());
  if (found === undefined) return false;
  const at = resolved(editor, `${response}/headers${pointerOf([found])}`);
  editor.remove(`${at}/required`);
  if (site.speech !== 'swagger') editor.set(`${at}/schema`, { type: 'string' });
  else {
    for (const keyword of ['format', 'enum', 'items', 'pattern', 'minimum', 'maximum'])
      editor.remove(`${at}/${keyword}`);
    editor.set(`${at}/type`, 'string');
  }
  return true;
}
