import type { Rows } from './words.ts';

/** Who enforces the keys of `source`. */
export const sourceRows: Rows = {
  'source.folder': [
    'start',
    'source/sourced.ts',
    'Folder that the paths are in; with git, the folder in the repository.',
  ],
  'source.git': [
    'start',
    'source/git.ts',
    'Local Git repository, a clone or a bare one: files come from the commit of ref.',
  ],
  'source.ref': ['start', 'source/git.ts', 'Branch, tag or commit. Default HEAD.'],
  'source.files.*.url': ['start', 'source/urls.ts', 'Address of a file: https://…, or http on this machine.'],
  'source.files.*.digest': ['start', 'source/urls.ts', 'What it must be: sha256: and what sha256sum says.'],
  'source.registry': ['start', 'source/registry.ts', 'The contract of the registry: published, or latest.'],
  'source.interval': ['start', 'source/sourced.ts', 'Milliseconds between two looks for another state. Default 10s.'],
  'source.cache': ['start', 'source/sourced.ts', 'Folder of the last good state. Default .castellan/sources.'],
};
