import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import { readLinks, type LinkInput, type TemplateLink } from '@castellan/policy';

/**
 * Reads the `links` option: the templates of the policies filled.
 * @throws CastellanError `links-file`, `bad-link`
 */
export async function readLinksOption(option: string | readonly LinkInput[] | undefined): Promise<TemplateLink[]> {
  if (typeof option !== 'string') return option === undefined ? [] : readLinks(option, { file: 'the option links' });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(option, 'utf8'));
  } catch (cause) {
    throw new CastellanError({
      code: 'links-file',
      message:
        cause instanceof SyntaxError
          ? 'the file of links is not JSON'
          : `the file of links cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: option },
      mend: 'write [{ "template": "viewer", "principal": "User::\\"ada\\"", "resource": "Document::\\"plan\\"" }]',
      cause,
    });
  }
  return readLinks(value, { file: option });
}
