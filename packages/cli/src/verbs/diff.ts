import { CastellanError, loadContract } from '@castellan/contract';
import { diffContracts, formatChanges } from '@castellan/assess/diff';
import { atLeast } from '@castellan/assess/posture';
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
  --old-overlay FILE    apply an overlay to OLD first; may be given several times
  --overlay FILE        apply an overlay to NEW first; may be given several times
  --allow-urls          let $ref lead to other hosts
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments('diff', args, {
      format: { type: 'string' },
      'fail-on': { type: 'string' },
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
    const changes = diffContracts(before, after);
    terminal.out(formatChanges(changes, format, `${old} → ${now}`));
    return failOn !== 'none' && changes.some(({ kind, severity }) => kind === 'security' && atLeast(severity, failOn))
      ? 1
      : 0;
  },
};
