import { CastellanError, loadContract } from '@castellan/contract';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { changeKinds, diffContracts, diffPolicies, formatChanges, type PolicyText } from '@castellan/assess/diff';
import { atLeast, severities } from '@castellan/assess/posture';
import { parseArguments } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'diff',
  summary: 'what changed between two versions of an API: what weakens security first, then what breaks clients',
  help: `castellan diff OLD NEW [options]

Compares two OpenAPI documents: authentication weakened, scopes dropped, limits raised, properties that can now be sent or
are now answered, new operations that anyone may call; then what breaks clients.

  --format FORMAT       text (default), markdown for a pull request, json
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
      'old-policies': { type: 'string', multiple: true },
      policies: { type: 'string', multiple: true },
      'old-overlay': { type: 'string', multiple: true },
      overlay: { type: 'string', multiple: true },
      'allow-urls': { type: 'boolean' },
    });
    const [old, now, third] = positionals;
    if (old === undefined || now === undefined || third !== undefined)
      throw new CastellanError({
        code: 'usage',
        message: 'two OpenAPI documents are compared',
        mend: 'write castellan diff old.yaml new.yaml',
      });
    const format = oneOf('format', values.format, ['text', 'markdown', 'json']) ?? 'text';
    const failOn = oneOf('fail-on', values['fail-on'], ['critical', 'high', 'medium', 'low', 'info', 'none']) ?? 'high';
    const allowUrls = values['allow-urls'] ?? false;
    const before = await loadContract(old, { cwd: terminal.cwd, allowUrls, overlays: values['old-overlay'] ?? [] });
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
    terminal.out(formatChanges(changes, format, `${old} → ${now}`));
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
