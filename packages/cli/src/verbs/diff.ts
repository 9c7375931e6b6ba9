import { CastellanError, loadContract } from '@castellan/contract';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  changeFormats,
  changeKinds,
  diffContracts,
  diffPolicies,
  formatChanges,
  type PolicyText,
} from '@castellan/assess/diff';
import { atLeast, severities } from '@castellan/assess/posture';
import { parseArguments } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import { workspacePrefix } from '../check/workspace.ts';
import { readFromGit } from '../check/git.ts';
import { toolVersion } from '../check/version.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'diff',
  help: `castellan diff OLD NEW [options]
castellan diff NEW --against REF [options]

Compares two OpenAPI documents: authentication weakened, scopes dropped, limits raised, properties that can now be sent or
are now answered, new operations that anyone may call; then what breaks clients.

  --against REF         compare with what git has of the same document: a branch, a tag, a commit
  --format FORMAT       text (default), markdown for a pull request, github (annotations), sarif, json
  --fail-on SEVERITY    exit with 1 where a security change is at or over it: critical, high (default), medium, low, info, none
  --old-policies FILE   Cedar policies of OLD, and
  --policies FILE       those of NEW: what they permit that was refused before, found by their decisions; several times
  --old-overlay FILE    apply an overlay to OLD first; may be given several times
  --overlay FILE        apply an overlay to NEW first; may be given several times
  --allow-urls          let $ref lead to other hosts
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments('diff', args, {
      format: { type: 'string' },
      'fail-on': { type: 'string' },
      against: { type: 'string' },
      'old-policies': { type: 'string', multiple: true },
      policies: { type: 'string', multiple: true },
      'old-overlay': { type: 'string', multiple: true },
      overlay: { type: 'string', multiple: true },
      'allow-urls': { type: 'boolean' },
    });
    const [first, second, third] = positionals;
    const { against } = values;
    const [old, now] = against === undefined ? [first, second] : [first, first];
    if (
      old === undefined ||
      now === undefined ||
      third !== undefined ||
      (against !== undefined && second !== undefined)
    )
      throw new CastellanError({
        code: 'usage',
        message: against === undefined ? 'two OpenAPI documents are compared' : '--against takes one OpenAPI document',
        mend: `write castellan diff ${against === undefined ? 'old.yaml new.yaml' : `openapi.yaml --against ${against}`}`,
      });
    const format = oneOf('format', values.format, changeFormats) ?? 'text';
    const failOn = oneOf('fail-on', values['fail-on'], ['critical', 'high', 'medium', 'low', 'info', 'none']) ?? 'high';
    const allowUrls = values['allow-urls'] ?? false;
    const read = against === undefined ? undefined : readFromGit(against, terminal.cwd);
    const before = await loadContract(old, {
      cwd: terminal.cwd,
      allowUrls,
      overlays: values['old-overlay'] ?? (against === undefined ? [] : (values.overlay ?? [])),
      ...(read === undefined ? {} : { read }),
    });
    const after = await loadContract(now, { cwd: terminal.cwd, allowUrls, overlays: values.overlay ?? [] });
    const texts = (files: readonly string[]): PolicyText[] =>
      files.map((file) => ({ file, text: textOf(resolve(terminal.cwd, file), file) }));
    const oldPolicies = texts(values['old-policies'] ?? []);
    const policies = texts(values.policies ?? []);
    const ofPolicies = oldPolicies.length + policies.length === 0 ? [] : diffPolicies(oldPolicies, policies, after);
    const changes = [...ofPolicies, ...diffContracts(before, after)].toSorted(
      (a, b) =>
        changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind) ||
        severities.indexOf(a.severity) - severities.indexOf(b.severity),
    );
    const title = against === undefined ? `${old} → ${now}` : `${now}: ${against} → now`;
    const tool = {
      version: toolVersion(),
      folder: `${pathToFileURL(terminal.cwd).href}/`,
    };
    terminal.out(formatChanges(changes, format, title, { ...tool, prefix: workspacePrefix(terminal) }), {
      commands: format === 'github',
    });
    return failOn !== 'none' && changes.some(({ kind, severity }) => kind === 'security' && atLeast(severity, failOn))
      ? 1
      : 0;
  },
};

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'file-not-found',
      message: 'the policies cannot be read',
      place: { file: shown },
      mend: 'check the path',
      cause,
    });
  }
}
